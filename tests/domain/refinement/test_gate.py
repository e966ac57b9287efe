"""What criteria do on labelled pairs: exact small tables, planted faults, and properties."""

import numpy as np
import pytest

from domain import errors, refinement
from domain.refinement import Fault, Standing
from tests.domain.refinement.planted import planted

NAN = float("nan")


def labelled(
    better: list[list[float]], worse: list[list[float]], *, groups: list[int] | None = None,
    lengths: list[tuple[int, int]] | None = None, weights: list[float] | None = None,
) -> refinement.Labelled:  # fmt: skip
    one, two = np.array(better, dtype=float), np.array(worse, dtype=float)
    n, m = one.shape
    weight = np.array(weights or [1 / m] * m)
    return refinement.Labelled(
        tuple("abcdefgh"[:m]), one, two, np.array(groups or range(n), dtype=np.int64),
        np.array(lengths or [(10, 10)] * n, dtype=float), weight,
        np.column_stack([np.nansum(one * weight, axis=1), np.nansum(two * weight, axis=1)]),
    )  # fmt: skip


def test_a_small_table_by_hand() -> None:
    found = refinement.measure(
        labelled([[1, 1], [1, 0], [0, NAN], [1, 1]], [[0, 1], [0, 1], [1, 1], [1, 0]], groups=[0, 1, 2, 3])
    )
    first, second = found.criteria
    assert first.consistency.value == pytest.approx(2 / 3)
    assert first.consistency.count == 3
    assert first.tied == pytest.approx(0.25)
    assert first.edge == pytest.approx(0.25)
    assert (first.upper, first.lower, first.met) == (0.75, 0.5, 0.625)
    assert first.spread == pytest.approx(0.625 * 0.375)
    assert second.known == pytest.approx(7 / 8)
    assert (second.consistency.value, second.consistency.count) == (0.5, 2)
    assert second.upper == pytest.approx(2 / 3)
    assert found.rubric[1:] == (2, 1, 1, 0)
    assert (found.pairs, found.prompts) == (4, 4)


def test_shifts_follow_c2() -> None:
    """Margins with and without the first criterion: (0.5, 0), (-0.5, 0), (0, 1), (1, 1)."""
    found = refinement.measure(labelled([[1, 0], [0, 0], [0, 1], [1, 1]], [[0, 0], [1, 0], [1, 0], [0, 0]]))
    assert found.criteria[0].shift == refinement.Shift(helpful=1, neutral=2, misleading=1)


def test_intervals_are_wilsons_and_wider_where_prompts_repeat() -> None:
    alone = refinement.rate([True] * 8 + [False] * 2)
    assert alone.low == pytest.approx(0.4901625, abs=0.02)
    assert alone.high == pytest.approx(0.9433178, abs=0.02)
    many = refinement.rate(([True] * 8 + [False] * 2) * 10, [n % 10 for n in range(100)])
    single = refinement.rate(([True] * 8 + [False] * 2) * 10)
    assert many.high - many.low > 2 * (single.high - single.low)  # type: ignore[operator]
    assert refinement.rate([]) == refinement.Rate(None, None, None, 0)


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(errors.Invalid, match="no labelled pair"):
        refinement.measure(labelled([[1.0]], [[0.0]]).__class__(
            ("a",), np.zeros((0, 1)), np.zeros((0, 1)), np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.ones(1),
            np.zeros((0, 2)),
        ))  # fmt: skip


def test_what_does_not_fit_together_is_a_bug() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        refinement.Labelled(
            ("a",), np.zeros((2, 1)), np.zeros((1, 1)), np.zeros(2, dtype=np.int64), np.zeros((2, 2)), np.ones(1),
            np.zeros((2, 2)),
        )  # fmt: skip


def test_planted_faults_are_found() -> None:
    """What verdicts show is found in every rubric; a compound criterion where the rule of good writing sees it."""
    right = flagged = bad = 0
    for seed in range(8):
        given = planted(seed=seed)
        told = {(one.criterion, one.fault) for one in given.found}
        assert {(name, fault) for name, fault in given.faults.items() if name != "compound"} <= told
        names = {one.criterion for one in given.found}
        right, flagged, bad = right + len(names & set(given.faults)), flagged + len(names), bad + len(given.faults)
    assert right / bad >= 0.9
    assert right / flagged >= 0.9


def test_standings() -> None:
    given = planted()
    gate = refinement.measure(given.pairs)
    found = given.found
    told = {one.name: refinement.standing(one, found) for one in gate.criteria}
    assert told["good-1"] is Standing.KEEP
    assert told["inverted"] is told["long"] is Standing.DROP
    assert told["constant"] is told["compound"] is Standing.WATCH
    few = refinement.measure(labelled([[1.0, 0.0]] * 3, [[0.0, 0.0]] * 3))
    assert refinement.standing(few.criteria[0], []) is Standing.UNKNOWN


def test_the_same_said_twice_and_the_contrary() -> None:
    chance = np.random.default_rng(3)
    met = (chance.random((60, 1)) < 0.5).astype(float)
    lost = (chance.random((60, 1)) < 0.4).astype(float)
    gate = refinement.measure(
        labelled(np.hstack([met, met, 1 - met]).tolist(), np.hstack([lost, lost, 1 - lost]).tolist())
    )
    found = refinement.findings(gate)
    assert [(one.criterion, one.other) for one in found if one.fault is Fault.REDUNDANT] == [("b", "a")]
    assert {(one.criterion, one.other) for one in found if one.fault is Fault.CONFLICT} == {("c", "a")}


def test_words_alone_do_not_make_two_criteria_one() -> None:
    given = planted()
    gate = refinement.measure(given.pairs)
    size = len(gate.criteria)
    found = refinement.findings(gate, np.ones((size, size)))
    assert {one.criterion for one in found if one.fault is Fault.REDUNDANT} <= {"twin", "good-0"}


def test_one_criterion_that_decides_alone() -> None:
    chance = np.random.default_rng(1)
    sides = [(chance.random((80, 3)) < p).astype(float).tolist() for p in (0.6, 0.4)]
    gate = refinement.measure(labelled(*sides, weights=[0.8, 0.1, 0.1]))
    assert [one.criterion for one in refinement.findings(gate) if one.fault is Fault.DOMINANT] == ["a"]


def test_an_order_of_pairs_does_not_matter() -> None:
    given = planted(pairs=120, good=4).pairs
    order = np.random.default_rng(0).permutation(120)
    turned = refinement.Labelled(
        given.names, given.better[order], given.worse[order], given.groups[order], given.lengths[order],
        given.weights, given.scores[order],
    )  # fmt: skip
    for one, other in zip(refinement.measure(given).criteria, refinement.measure(turned).criteria, strict=True):
        assert one.consistency.value == pytest.approx(other.consistency.value)
        assert one.consistency.low == pytest.approx(other.consistency.low)
        assert one.shift == other.shift
        assert one.tied == pytest.approx(other.tied)


def test_limits_are_checked() -> None:
    for wrong in ({"overlap": 1.5}, {"opposed": 0.5}, {"least_pairs": 0}):
        with pytest.raises(errors.Invalid):
            refinement.Limits(**wrong)
