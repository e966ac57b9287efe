"""Truth tables are tried at every corner of what they leave open, within bounds."""

import itertools
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rubric, scoring
from domain.scoring import truths

GATED = {"id": "dose", "text": "Gives the dose.", "gate": {"when": "below", "value": 0.5, "floor": 0.0}}
ORDINAL = {
    "id": "tone", "text": "Tone.", "kind": "ordinal",
    "levels": [{"label": "cold", "value": 0.2}, {"label": "fair", "value": 0.5}, {"label": "warm", "value": 0.8}],
}  # fmt: skip
PITFALL = {"id": "blame", "text": "Blames.", "polarity": "negative"}
PLAIN = {"id": "drug", "text": "Names the drug."}


def tried(*rows: dict[str, Any], criteria: tuple[Any, ...] = (PLAIN, GATED, PITFALL)) -> list[truths.Held]:
    kept = [{"id": f"t_{n}", **row} for n, row in enumerate(rows)]
    return list(truths.held(rubric.parse({"criteria": criteria, "extensions": rubric.with_truth_rows({}, kept)})))


def only(row: dict[str, Any], *criteria: Any) -> truths.Held:
    return tried(row, criteria=criteria or (PLAIN, GATED, PITFALL))[0]


def test_a_gate_keeps_a_promise_at_every_corner() -> None:
    found = only({"when": {"dose": 0.0}, "expect": {"kind": "at_most", "value": 0.0}})
    assert (found.holds, found.tried, found.whole, found.low, found.high) == (True, 4, True, -0.5, 0.0)


def test_weights_alone_break_it_and_an_example_says_how() -> None:
    found = only({"when": {"drug": 0.0}, "expect": {"kind": "equals", "value": 0.0}})
    assert (found.failed, found.tried) == (2, 4)
    assert found.example == {"dose": 1.0, "blame": 0.0}
    assert found.got == 0.5
    said = truths.outcome(found, str)
    assert said == (
        "Fails in 2 settings, as score 0.5 with dose met, blame not met; scores from −0.5 to 0.5 over all 4 settings."
    )


@pytest.mark.parametrize(
    ("setting", "score"),
    [("best", 1.0), ("worst", -0.5), (1.0, 0.5), (0.5, 0.25)],
)
def test_all_of_one_kind(setting: object, score: float) -> None:
    found = only({"others": setting, "expect": {"kind": "equals", "value": score}})
    assert (found.holds, found.tried, found.low) == (True, 1, score)
    assert truths.outcome(found, str) == f"Holds: score {rubric.digits(score)}."


def test_levels_end_where_they_end() -> None:
    found = only({"expect": {"kind": "between", "low": 0.2, "high": 0.8}}, ORDINAL)
    assert (found.holds, found.low, found.high) == (True, 0.2, 0.8)
    assert only({"others": "worst", "expect": {"kind": "equals", "value": 0.2}}, ORDINAL).holds


def test_no_reward_is_a_promise_of_its_own() -> None:
    nothing = {"others": "unscored", "expect": {"kind": "no_reward"}}
    assert only(nothing).holds
    assert truths.outcome(only(nothing), str) == "Holds: no reward."
    lone = only(
        {"when": {"drug": 1.0}, "others": "unscored", "expect": {"kind": "no_reward"}}, PLAIN, {**PLAIN, "id": "b"}
    )
    assert truths.outcome(lone, str) == "Fails: score 1."
    denied = only({"when": {"dose": "unscored"}, "expect": {"kind": "at_least", "value": -1.0}})
    assert (denied.failed, denied.without) == (4, 4)
    assert "no reward with drug not met" in truths.outcome(denied, str)


def test_what_does_not_apply_is_absent() -> None:
    found = only(
        {
            "when": {"dose": "not_applicable", "blame": "not_applicable"},
            "expect": {"kind": "between", "low": 0.0, "high": 1.0},
        }
    )
    assert (found.holds, found.tried, found.high) == (True, 2, 1.0)


def test_compared_rows_share_what_is_open_in_both() -> None:
    better, worse, level = tried(
        {"when": {"drug": 1.0}, "expect": {"kind": "above", "row": "t_1"}},
        {"when": {"drug": 0.0}, "expect": {"kind": "below", "row": "t_0"}},
        {"when": {"drug": 0.0}, "expect": {"kind": "same_as", "row": "t_1"}},
        criteria=(PLAIN, PITFALL),
    )
    assert better.holds
    assert worse.holds
    assert level.holds
    gated = tried(
        {"when": {"drug": 1.0}, "expect": {"kind": "above", "row": "t_1"}},
        {"when": {"drug": 0.0}, "expect": {"kind": "no_reward"}},
    )[0]
    assert (gated.got, gated.beside) == (0.0, 0.0)
    assert "Fails in 1 setting, as score 0 beside score 0 of the other row with dose not met" in truths.outcome(
        gated, str
    )


def test_open_in_one_row_only_it_varies_there() -> None:
    found = tried(
        {"when": {"drug": 1.0}, "others": "best", "expect": {"kind": "above", "row": "t_1"}},
        {"when": {"drug": 0.0}, "others": "any", "expect": {"kind": "below", "row": "t_0"}},
        criteria=(PLAIN, PITFALL),
    )
    assert [one.tried for one in found] == [2, 2]
    assert all(one.holds for one in found)


def test_a_criterion_that_is_gone_is_said() -> None:
    found = only({"when": {"gone": 1.0}, "expect": {"kind": "no_reward"}})
    assert not found.holds
    assert truths.outcome(found, str) == "The criterion 'gone' is no longer in the rubric: remove it from this row."


def test_many_open_criteria_are_sampled_the_same_each_time() -> None:
    many = tuple({"id": f"c{n}", "text": f"Says {n}."} for n in range(30))
    first, second = (only({"expect": {"kind": "between", "low": 0.0, "high": 1.0}}, *many) for _ in range(2))
    assert first == second
    assert (first.whole, first.tried, first.low, first.high) == (False, 4000, 0.0, 1.0)
    assert "over a sample of 4000 settings" in truths.outcome(first, str)
    alone = only({"expect": {"kind": "at_most", "value": 0.99}}, *many)
    assert alone.failed >= 1


def test_the_largest_table_is_tried_in_bounded_time() -> None:
    many = [{"id": f"c{n}", "text": f"Says {n}."} for n in range(2000)]
    rows = [{"id": f"t_{n}", "expect": {"kind": "no_reward"}} for n in range(50)]
    said = rubric.parse({"criteria": many, "extensions": rubric.with_truth_rows({}, rows)})
    begin = time.perf_counter()
    found = truths.held(said)
    assert time.perf_counter() - begin < 20
    assert {one.failed for one in found} == {60}


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, "any"]), min_size=3, max_size=3))
def test_corners_are_what_the_engine_says(settings: list[Any]) -> None:
    names = ("drug", "dose", "blame")
    said = rubric.parse({"criteria": [PLAIN, GATED, PITFALL]})
    spread = [(0.0, 1.0) if one == "any" else (one,) for one in settings]
    scores: list[Any] = [
        scoring.score(said, scoring.from_values(said, dict(zip(names, values, strict=True)))).raw
        for values in itertools.product(*spread)
    ]
    when = dict(zip(names, settings, strict=True))
    found = only({"when": when, "expect": {"kind": "between", "low": min(scores), "high": max(scores)}})
    assert found.holds
    assert found.tried == len(scores)
    assert [found.low, found.high] == pytest.approx([min(scores), max(scores)])
