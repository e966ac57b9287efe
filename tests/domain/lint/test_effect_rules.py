"""Remarks on weights follow what the steps make of them, whichever steps there are."""

from typing import Any

import pytest

from domain import lint, rubric

A, B, C = ({"id": name, "text": f"Names the {name} of it."} for name in ("drug", "dose", "ward"))
ANSWER = {"id": "right", "text": "Is right.", "kind": "answer"}
CHECK = {"id": "short", "text": "Is short.", "kind": "check", "check": {"kind": "words", "max": 200}}
WEIGHTED = {"step": "weighted"}


def said(*criteria: dict[str, Any], scoring: list[dict[str, Any]], **fields: Any) -> dict[tuple[str, str | None], str]:
    """Remarks of these rules by rule and criterion."""
    made = rubric.parse({"criteria": list(criteria), "scoring": scoring, **fields})
    rules = {"nothing_adds", "turned_round", "dominated", "zero_weight", "gate_without_effect"}
    return {(f.rule.name, f.criterion): f.sentence for f in lint.findings(made) if f.rule.name in rules}


def heavy(part: dict[str, Any], weight: float, **more: Any) -> dict[str, Any]:
    return {**part, "weight": weight, **more}


def test_tiers_weigh_whatever_the_weight_is() -> None:
    tiers = {"step": "tiers", "essential": 1.0, "important": 0.2, "optional": 0.0}
    parts = (heavy(A, 1, tier="essential"), heavy(B, 9, tier="important"), heavy(C, 5, tier="optional"))
    found = said(*parts, scoring=[tiers, WEIGHTED])
    assert found["dominated", "drug"].startswith("Through the scoring steps it decides 83")
    assert "step “Weights by tier”" in found["zero_weight", "ward"]
    assert set(found) == {("dominated", "drug"), ("zero_weight", "ward")}
    assert set(said(*parts, scoring=[WEIGHTED])) == {("dominated", "dose")}


def test_tiers_that_weigh_nothing_leave_nothing_that_adds() -> None:
    tiers = {"step": "tiers", "optional": 0.0, "pitfall": 1.0}
    bad = heavy(C, 1, polarity="negative")
    found = said(heavy(A, 3, tier="optional"), bad, scoring=[tiers, WEIGHTED])
    assert "after the step “Weights by tier”" in found["nothing_adds", None]
    assert ("nothing_adds", None) not in said(heavy(A, 3, tier="optional"), bad, scoring=[WEIGHTED])


def test_a_tree_decides_by_groups() -> None:
    groups = [{"id": "g", "title": "G", "weight": 1.0}, {"id": "h", "title": "H", "weight": 3.0}]
    parts = (heavy(A, 9, group="g"), heavy(B, 9, group="g"), heavy(C, 1, group="h"))
    assert set(said(*parts, scoring=[WEIGHTED], groups=groups)) == set()
    tree = said(*parts, scoring=[{"step": "tree"}], groups=groups)
    assert set(tree) == {("dominated", "ward")}
    assert "75" in tree["dominated", "ward"]


def test_guidelines_are_meant_to_decide() -> None:
    guide: list[dict[str, Any]] = [{"step": "guidelines", "criteria": ["drug"]}, WEIGHTED]
    assert said(heavy(A, 0), B, C, {**A, "id": "more", "text": "Names the time."}, scoring=guide) == {}
    found = said(heavy(A, 9), heavy(B, 8), C, {**A, "id": "more", "text": "Names the time."}, scoring=guide)
    assert set(found) == {("dominated", "dose")}
    assert "of what the steps leave to weights" in found["dominated", "dose"]


def test_a_dominant_answer_is_meant_to_decide() -> None:
    steps = [{"step": "answer_dominant"}]
    assert said(heavy(ANSWER, 0), A, B, C, scoring=steps) == {}
    assert set(said(ANSWER, heavy(A, 9), B, C, scoring=steps)) == {("dominated", "drug")}
    assert said(heavy(ANSWER, 9), A, B, C, scoring=[WEIGHTED]).keys() == {("dominated", "right")}


def test_critical_criteria_decide_with_their_gate_alone() -> None:
    gate = {"when": "below", "value": 0.5, "floor": 0.0, "override": False}
    assert said(heavy(A, 0, gate=gate), B, C, scoring=[{"step": "critical"}]) == {}
    assert ("gate_without_effect", "drug") in said(heavy(A, 1, gate=gate), B, C, scoring=[WEIGHTED])


def test_channels_decide_by_confidence() -> None:
    blend = {"step": "blended", "confidence": 0.8}
    found = said(CHECK, A, B, scoring=[blend])
    assert set(found) == {("dominated", "short")}
    assert "80" in found["dominated", "short"]
    assert said(CHECK, A, B, C, scoring=[{**blend, "confidence": 0.4}]) == {}


def test_what_lies_off_the_axis_has_no_effect() -> None:
    parts = [{**one, "tags": {"dimension": name}} for one, name in ((A, "facts"), (B, "facts"), (C, "tone"))]
    axis = {"step": "axis", "reference": [{"dimension": "facts", "weight": 1.0}]}
    found = said(*parts, scoring=[axis])
    assert "step “Reference axis”" in found["zero_weight", "ward"]


@pytest.mark.parametrize(
    "step",
    [
        {"step": "rescue", "criteria": ["drug"]},
        {"step": "consistency", "criteria": ["drug"]},
        {"step": "interaction", "pairs": [{"first": "drug", "second": "dose", "gain": -0.3}]},
        {"step": "outcome", "alpha": 0.5},
    ],
)
def test_a_weight_of_nought_is_used_by_steps_that_read_values(step: dict[str, Any]) -> None:
    assert ("zero_weight", "drug") in said(heavy(A, 0), B, C, scoring=[WEIGHTED])
    assert said(heavy(A, 0), B, C, scoring=[WEIGHTED, step]) == {}


def test_a_cap_of_nought_takes_the_effect() -> None:
    found = said(A, B, C, scoring=[{"step": "saturate", "curve": "cap", "cap": 0.0, "criteria": ["drug"]}, WEIGHTED])
    assert set(found) == {("zero_weight", "drug")}
    assert said(A, B, C, scoring=[{"step": "saturate"}, WEIGHTED, {"step": "clamp"}]) == {}


def test_a_score_that_never_changes_is_named() -> None:
    found = said(A, B, scoring=[WEIGHTED, {"step": "affine", "scale": 1.0, "shift": 5.0}, {"step": "clamp"}])
    assert found["nothing_adds", None] == "Whatever the verdicts are, the steps make the score 1."
    assert said(heavy(A, 0), scoring=[WEIGHTED])["nothing_adds", None].startswith("No criterion weighs anything")


def test_a_shifted_score_of_pitfalls_tells_answers_apart() -> None:
    bad = heavy(A, 1, polarity="negative")
    assert ("nothing_adds", None) in said(bad, scoring=[WEIGHTED])
    assert said(bad, scoring=[WEIGHTED, {"step": "affine", "scale": 1.0, "shift": 1.0}]) == {}
    assert said(bad, scoring=[{"step": "weighted", "negatives": "reward_absence"}]) == {}


def test_a_score_turned_round_is_an_error() -> None:
    turned = {"step": "affine", "scale": -1.0, "shift": 1.0}
    assert set(said(A, B, scoring=[WEIGHTED, turned])) == {("turned_round", None)}
    assert said(A, B, scoring=[WEIGHTED, turned, turned]) == {}


def test_steps_that_compare_answers_take_no_criterion_out() -> None:
    assert said(A, B, C, scoring=[{"step": "difficulty"}, WEIGHTED]) == {}
    assert said(A, B, C, scoring=[WEIGHTED, {"step": "length_group", "unit": "words"}]) == {}


def test_length_steps_see_an_answer_of_usual_length() -> None:
    assert said(A, B, C, scoring=[WEIGHTED, {"step": "length_decay", "unit": "words"}]) == {}
