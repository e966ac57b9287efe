"""What edits of a rubric do on labelled pairs."""

import numpy as np
import pytest

from domain.refinement import effects

NAN = float("nan")


def of(before: list[list[float]], after: list[list[float]]) -> effects.Effect:
    return effects.effect(np.array(before), np.array(after), np.arange(len(before), dtype=np.int64))


def test_pairs_that_turn_are_counted_with_how_likely_chance_is() -> None:
    before = [[0.2, 0.6]] * 6 + [[0.7, 0.1], [0.5, 0.5]]
    after = [[0.6, 0.2]] * 5 + [[0.2, 0.6], [0.1, 0.7], [0.9, 0.5]]
    found = of(before, after)
    assert (found.before.right, found.before.wrong, found.before.tied) == (1, 6, 1)
    assert (found.after.right, found.after.wrong, found.after.tied) == (6, 2, 0)
    assert found.gained == (0, 1, 2, 3, 4, 7)
    assert found.lost == (6,)
    assert found.chance == pytest.approx(0.125)
    assert found.before.consistency.value == pytest.approx(1 / 7)
    assert found.after.consistency.count == 8


def test_both_wordings_are_measured_on_the_same_pairs() -> None:
    found = of([[0.9, 0.1], [NAN, 0.1], [0.9, 0.1]], [[0.9, 0.1], [0.9, 0.1], [0.2, NAN]])
    assert (found.pairs, found.unknown) == (1, 2)
    assert found.before == found.after
    assert (found.gained, found.lost, found.chance, found.moved) == ((), (), None, ())


def test_the_answers_that_move_most_come_first() -> None:
    found = of([[0.5, 0.5], [0.5, 0.4]], [[0.5, 0.9], [0.7, 0.4]])
    assert found.moved == (effects.Move(0, False, 0.5, 0.9), effects.Move(1, True, 0.5, 0.7))
    assert found.changed == 2
    assert found.lost == (0,)


def test_without_a_pair_nothing_is_said() -> None:
    found = effects.effect(np.empty((0, 2)), np.empty((0, 2)), np.array([], dtype=np.int64))
    assert (found.pairs, found.before.consistency.value, found.chance) == (0, None, None)
    with pytest.raises(ValueError, match="fit"):
        effects.effect(np.empty((1, 2)), np.empty((0, 2)), np.array([0]))
