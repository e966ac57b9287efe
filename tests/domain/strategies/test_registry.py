"""The strategies on offer are complete and can be told apart."""

import pytest

from domain import errors, prompts, strategies
from domain.rubric import PROTOCOLS, Criterion, Evidence, Kind, Rubric


@pytest.mark.parametrize("name", strategies.NAMES)
def test_each_says_what_it_is_and_has_its_prompts(name):
    strategy = strategies.get(name)
    about = strategy.about
    assert about.name == name
    assert about.title and about.does and about.source and about.asks_for
    assert set(about.protocols) <= set(PROTOCOLS)
    used = {prompt for protocol in about.protocols for prompt in strategy.prompt_names(protocol)}
    assert used == set(about.prompts)
    for prompt in used:
        assert prompts.load(prompt).version >= 1
    for setting in about.settings:
        assert setting.check(setting.default), f"the default of {setting.name} is not allowed"
    assert len({setting.name for setting in about.settings}) == len(about.settings)


def test_an_unknown_strategy_is_refused_with_the_known_ones():
    with pytest.raises(errors.Invalid, match="label_distribution"):
        strategies.get("psychic")


def test_only_those_that_ask_for_quotes_are_held_to_them() -> None:
    rubric = Rubric(
        title="R",
        criteria=(
            Criterion(id="a", text="A.", evidence=Evidence.REQUIRED),
            Criterion(id="b", text="B."),
            Criterion(
                id="c", text="C.", kind=Kind.CHECK, evidence=Evidence.REQUIRED, check={"kind": "words", "min": 1}
            ),
        ),
    )
    found = {
        (name, protocol): [c.id for c in strategies.without_quotes(name, protocol, rubric)]
        for name, protocol in (
            ("label_distribution", "isolated"), ("label_distribution", "reasoned"), ("votes", "isolated"),
            ("one_call_json", "rubric_context"), ("nugget_batch", "rubric_context"), ("five_levels", "isolated"),
        )
    }  # fmt: skip
    assert [key for key, lacking in found.items() if lacking == ["a"]] == [
        ("label_distribution", "isolated"), ("nugget_batch", "rubric_context"), ("five_levels", "isolated"),
    ]  # fmt: skip
    assert [lacking for lacking in found.values() if lacking != ["a"]] == [[], [], []]
