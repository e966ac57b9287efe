"""All criteria in one JSON reply."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

LEVELS = [{"label": "poor", "value": 0}, {"label": "fair", "value": 0.4}, {"label": "good", "value": 1}]
RUBRIC = make_rubric(
    {"id": "a", "text": "Names a dose."},
    {"id": "n", "kind": "nugget"},
    {"id": "o", "kind": "ordinal", "levels": LEVELS},
    {"id": "x", "applies_when": "A drug is named."},
)


def reply(*verdicts, **more):
    entries = [{"criterion": n, "verdict": verdict, **more} for n, verdict in enumerate(verdicts, start=1)]
    return json.dumps({"verdicts": entries})


def judged(said, rubric=RUBRIC, **settings):
    script = said if callable(said) else lambda ask: said
    return drive("one_call_json", rubric, script, protocol="rubric_context", settings=settings)


def test_every_kind_is_answered_as_its_question_asks():
    found, asked, engine = judged(reply("Yes", "B", "B", "X"))
    assert values(found) == {"a": 1.0, "n": 0.5, "o": 0.4, "x": "not_applicable"}
    assert found.origins == {Place(name): (0, 0) for name in "anox"}
    suffix = engine.asked[0].suffix
    assert "\n1. Names a dose.\nIs the criterion true of the answer? Reply with one word, Yes or No.\n2. " in suffix
    assert "all 4 of them" in suffix
    assert suffix.endswith('"reason": "one sentence", "verdict": "the reply"}]}')
    assert [ask.purpose for ask in asked] == ["verdicts"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (reply("yes", "a", "C.", "No"), {"a": 1.0, "n": "unparseable", "o": 1.0, "x": 0.0}),
        (reply("X", "A", "D", "Yes, mostly"), {"a": "unparseable", "n": 1.0, "o": "unparseable", "x": "unparseable"}),
        (reply("Yes", "B")[:-6], {"a": 1.0, "n": "unparseable", "o": "unparseable", "x": "unparseable"}),
        (
            reply("Yes", "B", "C", "No") + reply("No"),
            {"a": 0.0, "n": "unparseable", "o": "unparseable", "x": "unparseable"},
        ),
        ("I cannot do that.", dict.fromkeys("anox", "unparseable")),
    ],
)
def test_what_is_not_on_offer_or_not_there_has_no_value(said, expected):
    assert values(judged(said)[0]) == expected


def test_each_fault_has_its_sentence():
    twice = json.dumps({"verdicts": [{"criterion": 1, "verdict": "Yes"}] * 2 + [{"criterion": 2, "verdict": "so so"}]})
    found, _, _ = judged(twice)
    assert [found.verdicts[Place(name)].reason for name in "ano"] == [
        "The reply has 2 entries for this criterion.",
        "The verdict in the reply is none of those on offer for this criterion.",
        "The reply has no whole entry for this criterion.",
    ]
    assert "no list of verdicts" in judged("no")[0].verdicts[Place("a")].reason


def test_quotes_are_looked_up_in_the_answer():
    rubric = make_rubric({"id": "a", "evidence": "required"})
    found, _, _ = judged(reply("Yes", quotes=["Take 5 mg"], reason="It does."), rubric)
    verdict = found.verdicts[Place("a")]
    assert ([span.text for span in verdict.evidence], verdict.rationale) == (["Take 5 mg"], "It does.")
    assert values(judged(reply("Yes", quotes=["Take 9 mg"]), rubric)[0]) == {"a": "evidence_invalid"}


def test_a_failed_pack_leaves_the_other_packs():
    late = Failure(FailureKind.TIMEOUT, "slow")
    found, asked, engine = judged(lambda ask: late if "dose" in ask.suffix else reply("C", "No"), pack=2)
    assert values(found) == {"a": "judge_error", "n": "judge_error", "o": 1.0, "x": 0.0}
    assert asked[0].request.max_tokens == 40 + 2 * 90
    assert found.origins[Place("x")] == (0, 1)
    assert len(engine.asked) == 2


@given(st.permutations(range(4)))
def test_the_order_of_entries_does_not_matter(order):
    entries = [{"criterion": n + 1, "verdict": ("No", "A", "A", "Yes")[n]} for n in order]
    found, _, _ = judged(json.dumps({"verdicts": entries}))
    assert values(found) == {"a": 0.0, "n": 1.0, "o": 0.0, "x": 1.0}


@given(st.text(max_size=60))
def test_any_verdict_gives_a_value_on_offer_or_none(word):
    found, _, _ = judged(reply(word, word, word, word))
    assert set(values(found).values()) <= {0.0, 0.4, 0.5, 1.0, "unparseable", "not_applicable"}


def test_it_needs_no_log_probabilities_and_costs_its_tokens():
    strategy = strategies.get("one_call_json")
    assert not strategy.about.needs_logprobs
    assert strategy.cost(Load(20, 1, "rubric_context", {})) == (1, 3, 3 * 40 + 20 * 90)
