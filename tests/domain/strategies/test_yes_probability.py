"""The probability of Yes: variants count together, and nothing unread has a value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind, LabelReply
from domain.strategies import Load, Place, yes_no
from engines.scripted import by_text
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Names a dose."}, {"id": "b", "text": "Blames someone."})
ALONE, AGAINST = "yes_probability", "yes_against_reference"
PROBABILITIES = st.floats(0, 1, allow_nan=False)


def test_the_published_value_with_and_without_its_divisor():
    found, asked, _ = drive(ALONE, RUBRIC, lambda ask: {" Yes": 0.72, " No": 0.08})
    verdict = found.verdicts[Place("a")]
    assert verdict.value == verdict.probability == pytest.approx(0.9)
    assert verdict.detail == pytest.approx({"p_yes": 0.72, "p_no": 0.08})
    assert verdict.label_mass == pytest.approx(0.8)
    assert [ask.purpose for ask in asked] == ["labels"]


def test_variants_of_case_and_space_count_together():
    logs = {"yes": -0.2, " Yes": -2.0, "no": -3.0}
    reply = LabelReply({name: math.exp(log) for name, log in logs.items()}, 1.0)
    read = yes_no.Read(reply, (0, 0))
    assert read.yes / (read.yes + read.no) == pytest.approx(0.950404, abs=1e-6)
    found, _, _ = drive(ALONE, RUBRIC, lambda ask: {"yes": 0.3, " Yes": 0.3, "No": 0.1, " no": 0.1})
    assert found.verdicts[Place("b")].value == pytest.approx(0.75)


@pytest.mark.parametrize("name", [ALONE, AGAINST])
def test_fewer_variants_are_asked_for_where_the_engine_refuses_them(name):
    def script(ask):
        if "Yes" in ask.labels and "dose" in ask.suffix:
            return Failure(FailureKind.REFUSED, "two tokens")
        return {" Yes": 0.6, " no": 0.2}

    found, asked, _ = drive(name, RUBRIC, script, reference="Take 4 mg.")
    assert values(found) == pytest.approx({"a": 0.75, "b": 0.75})
    assert [len(ask.request.suffixes) for ask in asked] == [2, 1]
    assert asked[1].request.labels == ((" Yes", " yes", " No", " no"),)
    assert found.origins == {Place("a"): (1, 0), Place("b"): (0, 1)}


def test_words_that_are_no_single_tokens_leave_no_value():
    refused = Failure(FailureKind.REFUSED, "two tokens")
    found, asked, _ = drive(ALONE, RUBRIC, by_text({"dose": refused}))
    assert len(asked) == 2
    assert values(found)["a"] == "refused_input"
    assert found.verdicts[Place("a")].reason == "two tokens"


def test_little_mass_on_the_words_is_no_value():
    found, _, _ = drive(ALONE, RUBRIC, lambda ask: {" Yes": 0.05})
    assert values(found) == {"a": "unparseable", "b": "unparseable"}
    found, _, _ = drive(ALONE, RUBRIC, lambda ask: {" Yes": 0.05}, settings={"min_label_mass": 0.01})
    assert values(found) == {"a": 1.0, "b": 1.0}


def test_a_criterion_that_may_not_apply_has_one_more_answer():
    rubric = make_rubric({"id": "a", "text": "Names a dose.", "applies_when": "A drug is named."}, "b")
    found, asked, _ = drive(ALONE, rubric, lambda ask: {" X": 0.6, " Yes": 0.3, " No": 0.0})
    assert values(found) == {"a": "not_applicable", "b": 1.0}
    assert " X" in asked[0].request.labels[0] and " X" not in asked[0].request.labels[1]
    assert asked[0].request.suffixes[0][-1].text.endswith("Yes or No. Reply X if the criterion does not apply.")


def test_a_fact_is_asked_for_as_yes_or_no():
    found, asked, _ = drive(ALONE, make_rubric({"id": "a", "kind": "nugget"}), lambda ask: {" Yes": 0.5, " No": 0.5})
    assert values(found) == {"a": 0.5}
    assert "Is the criterion true" in asked[0].request.suffixes[0][-1].text


def test_both_answers_are_shown_where_the_reference_is_the_rival():
    _, _, engine = drive(AGAINST, RUBRIC, by_text({}), reference="Take 4 mg.", answers=("Take 5 mg.",))
    shared = engine.asked[0].shared
    assert shared.index("Reference answer:") < shared.index("Take 4 mg.") < shared.index("Take 5 mg.")
    assert "more true of the answer to check than of the reference" in engine.asked[0].suffix


def test_a_fair_judge_gives_the_rest_when_answer_and_reference_change_places():
    def fair(ask):
        reference, answer = ask.shared.split("Answer to check:")
        doses = [int(text.split("Take ")[1].split(" mg")[0]) for text in (answer, reference)]
        share = 1 / (1 + math.exp(doses[1] - doses[0]))
        return {" Yes": 0.9 * share, " No": 0.9 * (1 - share)}

    one, _, _ = drive(AGAINST, RUBRIC, fair, reference="Take 4 mg.", answers=("Take 6 mg.",))
    other, _, _ = drive(AGAINST, RUBRIC, fair, reference="Take 6 mg.", answers=("Take 4 mg.",))
    assert values(one)["a"] > 0.5
    assert values(one)["a"] + values(other)["a"] == pytest.approx(1.0)


def test_without_a_reference_nothing_is_asked_and_nothing_scored():
    found, asked, _ = drive(AGAINST, RUBRIC, by_text({}))
    assert (asked, values(found)) == ([], {"a": "refused_input", "b": "refused_input"})
    assert "reference" in found.verdicts[Place("a")].reason


@given(st.dictionaries(st.sampled_from([*yes_no.WIDE[0], *yes_no.WIDE[1]]), PROBABILITIES))
def test_the_value_lies_between_0_and_1_or_there_is_none(said):
    found, _, _ = drive(ALONE, RUBRIC, lambda ask: said)
    verdict = found.verdicts[Place("a")]
    total = sum(said.values())
    assert verdict.is_scored == (0.1 <= total <= 1 + 1e-6)
    if verdict.is_scored:
        yes = sum(said.get(form, 0.0) for form in yes_no.WIDE[0])
        assert 0 <= verdict.value <= 1
        assert verdict.value == pytest.approx(yes / total)


@given(st.permutations(["a", "b", "c"]), st.integers(0, 2**16))
def test_the_order_of_criteria_changes_no_value(order, seed):
    def script(ask):
        share = (hash((seed, ask.suffix)) % 1000) / 1000
        return {" Yes": share, " No": 1 - share}

    plain, _, _ = drive(ALONE, make_rubric("a", "b", "c"), script)
    mixed, _, _ = drive(ALONE, make_rubric(*order), script)
    assert values(plain) == values(mixed)


def test_each_costs_one_token_a_criterion():
    for name in (ALONE, AGAINST):
        assert strategies.get(name).cost(Load(20, 1, "isolated", {})) == (1, 20, 20)
