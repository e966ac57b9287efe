"""Steps are taken in a sensible order, and what makes no sense is refused with a sentence."""

from domain import pipeline, rubric
from tests.domain.builders import make_rubric

GATE = {"when": "below", "value": 0.5, "floor": 0.0}


def names(*steps):
    return [step.step for step in pipeline.ordered(make_rubric("a", scoring=list(steps)).scoring)]


def test_a_gate_before_the_sum_is_taken_last():
    assert names({"step": "gate"}, {"step": "weighted"}) == ["weighted", "gate"]
    assert names({"step": "tree"}, {"step": "gate"}) == ["tree", "gate"]


def test_refusals_name_the_step_and_the_place():
    layout = rubric.layout_of(make_rubric("a"))
    twice = [pipeline.WeightedStep(), pipeline.TreeStep()]
    assert [(p.pointer, p.message) for p in pipeline.problems(twice, layout)] == [
        ("/1", "Only one step can make the number: `weighted` does, so `tree` cannot.")
    ]
    assert pipeline.problems([pipeline.GateStep()], layout)[0].pointer == ""
    gates = [pipeline.GateStep(), pipeline.WeightedStep(), pipeline.GateStep()]
    assert [p.pointer for p in pipeline.problems(gates, layout)] == ["/2"]


def test_range_and_way_follow_from_the_criteria():
    made = make_rubric({"id": "a", "weight": 4, "gate": GATE}, {"id": "b", "weight": 2, "polarity": "negative"})
    layout = rubric.layout_of(made)
    assert pipeline.span(made.scoring, layout) == (-0.5, 1.0)
    assert pipeline.way(made.scoring, layout) is pipeline.Way.UP
    lifted = make_rubric({"id": "a", "gate": {**GATE, "floor": 0.9, "override": True}})
    assert pipeline.way(lifted.scoring, rubric.layout_of(lifted)) is pipeline.Way.NONE


def test_the_catalogue_says_all_of_every_step():
    for one in pipeline.catalogue():
        assert all(one[key] for key in ("step", "phase", "title", "help", "unscored", "range", "monotone"))
        assert all(parameter["help"] and parameter["schema"] for parameter in one["parameters"])
