"""Dawid and Skene find planted raters again."""

import numpy as np
import pytest

from domain import agreement, errors


def planted(rights, items=400, values=3, seed=1):
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, values, items)
    rows = []
    for true in truth:
        wrong = [(true + chance.integers(1, values)) % values for _ in rights]
        rows.append([float(true if chance.random() < p else w) for p, w in zip(rights, wrong, strict=True)])
    return truth, rows


def test_planted_qualities_are_found_again():
    rights = [0.95, 0.85, 0.7, 0.4]
    truth, rows = planted(rights)
    found = agreement.dawid_skene(agreement.of_rows(rows))
    assert [one.accuracy for one in found.raters] == pytest.approx(rights, abs=0.06)
    assert found.shares == pytest.approx([1 / 3] * 3, abs=0.08)
    assert (found.chances.argmax(axis=1) == truth).mean() > 0.93
    assert np.allclose(found.chances.sum(axis=1), 1)


def test_a_rater_that_turns_things_round_is_seen():
    chance = np.random.default_rng(2)
    truth = chance.integers(0, 2, 300)
    rows = [[float(t), float(t if chance.random() < 0.9 else 1 - t), float(t), float(1 - t)] for t in truth]
    found = agreement.dawid_skene(agreement.of_rows(rows))
    assert found.raters[3].accuracy < 0.05
    assert found.raters[3].confusion[0, 1] > 0.95


def test_missing_ratings_and_few_ratings():
    _, rows = planted([0.9, 0.9, 0.9], items=200, values=2)
    sparse: list[list[float | None]] = [
        [value if (n + k) % 3 or n < 20 else None for k, value in enumerate(row)] for n, row in enumerate(rows)
    ]
    found = agreement.dawid_skene(agreement.of_rows([*sparse, [None, None, 1.0]]))
    assert [one.ratings for one in found.raters] == [
        sum(row[k] is not None for row in sparse) + (k == 2) for k in range(3)
    ]
    assert min(one.accuracy for one in found.raters) > 0.75


def test_what_it_cannot_tell_is_refused():
    for rows in ([[1.0], [0.0]], [[1.0, 1.0]], [[float(n), 0.0] for n in range(25)]):
        with pytest.raises(errors.Invalid):
            agreement.dawid_skene(agreement.of_rows(rows))
