"""Groups that a gate or the clamp makes equal."""

from domain import rubric as rubrics
from domain import scoring

GATE = {"when": "below", "value": 0.5, "floor": 0.0}


def read(**fields: object) -> rubrics.Rubric:
    criteria = [
        {"id": "c_safe", "text": "Names a safe dose.", "weight": 1.0, "gate": GATE},
        {"id": "c_kind", "text": "Is kind.", "weight": 1.0},
        {"id": "c_blame", "text": "Blames the patient.", "polarity": "negative", "weight": 4.0},
    ]
    steps = [{"step": "weighted", "negatives": "subtract", "normalise": "positive_weight"}, {"step": "gate"}]
    return rubrics.Rubric.model_validate({"title": "A letter", "criteria": criteria, "scoring": steps, **fields})


def of(safe: float, kind: float, blame: float) -> scoring.Score:
    rubric = read()
    return scoring.score(rubric, scoring.from_values(rubric, {"c_safe": safe, "c_kind": kind, "c_blame": blame}))


def test_a_gate_that_flattens_is_named() -> None:
    assert scoring.flattened([of(0.0, 1.0, 0.0), of(0.2, 0.3, 0.0)]) == scoring.Flat("gate", ("c_safe",))


def test_the_clamp_flattens_what_lies_below_zero() -> None:
    assert scoring.flattened([of(1.0, 1.0, 1.0), of(1.0, 0.0, 1.0)]) == scoring.Flat("clamp", ())


def test_groups_that_differ_or_were_equal_before_are_not_flattened() -> None:
    assert scoring.flattened([of(1.0, 1.0, 0.0), of(1.0, 0.0, 0.0)]) is None
    assert scoring.flattened([of(1.0, 1.0, 0.0), of(1.0, 1.0, 0.0)]) is None
    assert scoring.flattened([of(0.0, 1.0, 0.0)]) is None
