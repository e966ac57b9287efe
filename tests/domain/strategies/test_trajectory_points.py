"""Points out of ten: the published cases, and nothing that is no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import strategies
from domain.ports import Failure, FailureKind
from domain.strategies import Load, Place
from domain.strategies.trajectory_points import read_points
from tests.domain.builders import make_rubric
from tests.domain.strategies.driving import drive, values

RUBRIC = make_rubric({"id": "a", "text": "Every step follows."}, {"id": "b", "text": "States the units."})
GOOD = "Reason: Step 2 leaps.\nTotal Score: [7/10]"


def judged(script, rubric=RUBRIC, **settings):
    return drive("trajectory_points", rubric, script if callable(script) else lambda ask: script, settings=settings)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Total Score: [7/10]", 0.7),
        ("Total Score: 11", 1.0),
        ("Total Score: [0/10]", 0.0),
        ("**Total Score:** 8.5/10", 0.85),
        ("total score: [9]/10.", 0.9),
        ("Total Score: 6 out of 10, since a step leaps", 0.6),
        ("Total Score: 10/10.0", 1.0),
        ("Total Score: 3\nTotal Score: 4", 0.4),
        ("<think>Total Score: 1</think>Total Score: 2", 0.2),
        ("Total Score: 12/10", 1.0),
        ("Total Score: ten", None),
        ("Total Score:", None),
        ("Total Score: [points/10]", None),
        ("Total Score: 70/100", None),
        ("Total Score: 7-8", None),
        ("Total Score: 7 or 8", None),
        ("Total Score: -3", None),
        ("Total Score: 4\nTotal Score: none", None),
        ("Score: 7/10", None),
        ("7/10", None),
        ("I give no number", None),
        ("", None),
    ],
)
def test_the_points_of_a_reply(text, share):
    assert read_points(text) == (share if share is None else pytest.approx(share))


def test_points_reason_and_value():
    found, asked, engine = judged(GOOD)
    verdict = found.verdicts[Place("a")]
    assert (verdict.value, verdict.rationale) == (pytest.approx(0.7), "Step 2 leaps.")
    assert verdict.detail["points"] == pytest.approx(7)
    assert [ask.purpose for ask in asked] == ["points"]
    assert "whole course of work" in engine.asked[0].shared
    assert strategies.get("trajectory_points").about.subject == "trajectory"


def test_only_what_could_not_be_read_is_asked_again_and_warmer():
    turns = iter(["no number", "no number", GOOD])

    def script(ask):
        return next(turns) if "units" in ask.suffix else GOOD

    found, asked, _ = judged(script, tries=3)
    assert values(found) == pytest.approx({"a": 0.7, "b": 0.7})
    assert [len(ask.request.suffixes) for ask in asked] == [2, 1, 1]
    assert [ask.request.temperature for ask in asked] == pytest.approx([0.0, 0.3, 0.6])
    assert found.origins == {Place("a"): (0, 0), Place("b"): (2, 0)}


def test_no_number_after_all_tries_is_unparseable_and_never_zero():
    found, asked, _ = judged("I would say it is good.")
    assert (values(found), len(asked)) == ({"a": "unparseable", "b": "unparseable"}, 2)
    assert "Total Score" in found.verdicts[Place("a")].reason


def test_a_failure_is_not_tried_again_here():
    found, asked, _ = judged(Failure(FailureKind.TIMEOUT, "slow"))
    assert (values(found), len(asked)) == ({"a": "judge_error", "b": "judge_error"}, 1)


def test_not_applicable_only_where_it_is_on_offer():
    rubric = make_rubric({"id": "a", "applies_when": "There is a sum."}, {"id": "b"})
    found, _, _ = judged("Reason: no sum.\nTotal Score: [X]", rubric)
    assert values(found) == {"a": "not_applicable", "b": "unparseable"}


@given(st.text(max_size=60))
def test_any_reply_gives_a_value_between_0_and_1_or_none(text):
    found, _, _ = judged(f"Total Score: {text}", tries=1)
    for verdict in found.verdicts.values():
        assert verdict.status == "unparseable" if verdict.value is None else 0 <= verdict.value <= 1


@given(st.floats(0, 1000).map(lambda n: round(n, 3)))
def test_more_than_ten_is_ten(points):
    assert read_points(f"Total Score: [{points:.3f}/10]") == pytest.approx(min(10, points) / 10)


def test_it_costs_its_reason():
    cost = strategies.get("trajectory_points").cost(Load(4, 1, "isolated", {"max_reasoning_tokens": 100}))
    assert cost == (1, 4, 400)
