"""Item analysis: redundant, dead and contrary criteria are found; figures as their definitions give them."""

import dataclasses

import numpy as np
import pytest

from domain import audits
from domain.audits import Inputs, items
from domain.audits.grouping import Groups
from tests.domain.audits.given import table, value

RNG = np.random.default_rng(9)
GROUPS = Groups.of([f"p{n // 4}" for n in range(400)])


def judged(degrees, weights=None) -> Inputs:
    given = table(degrees.mean(axis=1).reshape(100, 4))
    names = [f"c{n}" for n in range(degrees.shape[1])]
    scores = dataclasses.replace(given.scores[0], degrees=degrees, weights=weights, criteria=names)
    return dataclasses.replace(given, scores=[scores])


def test_figures_by_their_definitions():
    good = RNG.random((400, 1))
    degrees = (RNG.random((400, 5)) < good).astype(float)
    found = items.analysed(degrees, np.ones(5), GROUPS)
    rest = (degrees.sum(axis=1) - degrees[:, 2]) / 4
    assert found.item_total[2] == pytest.approx(np.corrcoef(degrees[:, 2], rest)[0, 1])
    assert found.difficulty == pytest.approx(degrees.mean(axis=0))
    covariance = np.cov(degrees.T, ddof=0)
    assert found.alpha == pytest.approx(5 / 4 * (1 - np.trace(covariance) / covariance.sum()))
    assert found.correlations == pytest.approx(np.corrcoef(degrees.T))
    eigen = np.linalg.eigvalsh(np.corrcoef(degrees.T))
    assert found.effective == pytest.approx(eigen.sum() ** 2 / (eigen**2).sum())
    assert (found.discrimination > 0.2).all()


def test_a_pitfall_is_turned_round_and_copies_count_once():
    one, other = (RNG.random((2, 400)) < 0.5).astype(float)
    found = items.analysed(np.column_stack([one, one, 1 - one, other]), np.array([1.0, 1.0, -1.0, 1.0]), GROUPS)
    assert found.redundancy[0] == pytest.approx(1.0) and found.twin[0] in {1, 2}
    assert found.item_total[2] > 0.5
    assert found.effective == pytest.approx(16 / 10, abs=0.05)


def test_dead_and_contrary_criteria_are_named():
    good = RNG.random(400)
    degrees = np.column_stack([good > 0.3, good > 0.5, good > 0.7, good < 0.5, np.ones(400)]).astype(float)
    found = audits.run("items", judged(degrees))
    assert "c4 never tells" in found.reading and "c3 runs against" in found.reading
    assert value(found, "dead") == 1.0
    assert found.rows[0][0] == "c4" and found.rows[0][4] is None


def test_missing_verdicts_count_for_nothing_and_one_criterion_is_no_failure():
    degrees = (RNG.random((400, 3)) < 0.5).astype(float)
    degrees[::3, 1] = np.nan
    degrees[:, 2] = np.nan
    found = audits.run("items", judged(degrees))
    by = {row[0]: row for row in found.rows}
    assert by["c1"][1] == 266 and by["c2"][1] == 0 and by["c2"][2] is None
    assert audits.run("items", judged(degrees[:, :1])).figures[1].value == pytest.approx(1.0)
