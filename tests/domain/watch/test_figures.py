"""Sums of a step: what counts, what does not, and that nothing is lost when stored."""

import pytest

from domain.watch import CriterionSums, Rollout, Step, Sum, summarise


def test_a_step_is_summed_up_by_hand():
    step = summarise(
        7,
        [
            Rollout("a", 0.5, 0.5, 10, 0.1, {"x": 1.0, "y": 0.0}),
            Rollout("a", 0.5, 0.5, 20, 0.3, {"x": 0.0, "y": 0.0}, shadow=0.3),
            Rollout("b", 1.2, 1.0, None, None, {"x": 1.0, "y": None}),
            Rollout("b", 0.2, 0.2, 30, 0.2, {"x": 1.0}),
            Rollout("b", None, None, 40, 0.2, {"x": None}),
            Rollout("c", 0.1, 0.1),
            Rollout("", 0.9, 0.9, 900, canary=False),
            Rollout("", 0.9, 0.9, 900, canary=True),
        ],
        waits=[2.0, 4.0],
    )
    assert step.sums["reward"] == Sum(2.5, 5)
    assert step.sums["square"].total == pytest.approx(0.25 + 0.25 + 1.44 + 0.04 + 0.01)
    assert step.sums["top"] == Sum(1.0, 5)
    assert step.sums["unscored"] == Sum(1.0, 6)
    assert step.sums["zero"] == Sum(1.0, 2)
    assert step.sums["spread"].total == pytest.approx(0.5)
    assert step.sums["length"] == Sum(100.0, 4)
    assert step.sums["gap"] == Sum(pytest.approx(0.2), 1)  # type: ignore[arg-type]
    assert step.sums["canary"] == Sum(1.0, 2)
    assert step.sums["wait"].mean == 3.0
    assert step.criteria == {
        "x": CriterionSums(Sum(3.0, 4), 1, Sum(1.0, 2)),
        "y": CriterionSums(Sum(0.0, 2), 1, Sum(0.0, 1)),
    }
    assert Step.read(7, step.stored()) == step


def test_what_nobody_knows_has_no_sum():
    step = summarise(0, [Rollout("a", None)])
    assert step.sums == {"unscored": Sum(1.0, 1)}
    assert Sum().mean is None
    assert summarise(0, []).sums == {}


def test_what_does_not_apply_is_no_failure_and_counts_nowhere():
    rollouts = [
        Rollout("g", 1.0, criteria={"a": 1.0, "b": None}, absent=frozenset({"c"})),
        Rollout("g", 0.0, criteria={"a": 0.0, "c": 1.0}, absent=frozenset({"b"})),
    ]
    found = summarise(1, rollouts).criteria
    assert {name: (one.value.n, one.missing) for name, one in found.items()} == {"a": (2, 0), "b": (0, 1), "c": (1, 0)}
    never = summarise(1, [Rollout("g", 1.0, absent=frozenset({"d"}))]).criteria["d"]
    assert (never.value.n, never.missing, never.apart.n) == (0, 0, 0)
