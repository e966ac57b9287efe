"""Degenerate policies: the planted rubric whose penalties dominate fails, mended it passes."""

import dataclasses

import numpy as np
import pytest

from domain import audits, errors
from domain.audits import Band, Inputs
from tests.domain.audits.given import table, value

RNG = np.random.default_rng(4)
PROMPTS = 40
# Three things to get right, four ways to go wrong; the last two answers reject and are empty: nothing true of them.
TRUE = np.concatenate(
    [
        RNG.random((PROMPTS * 4, 7)) < np.array([0.7, 0.6, 0.7, 0.35, 0.35, 0.35, 0.35]),
        np.zeros((PROMPTS * 2, 7), dtype=bool),
    ]
).astype(float)
ORDER = np.array([[4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3, 160 + 2 * n, 161 + 2 * n] for n in range(PROMPTS)]).ravel()
POLICIES = ["", "", "", "", "constant REJECT", "empty"] * PROMPTS


def judged(penalty: float) -> Inputs:
    weights = np.array([1.0, 1.0, 1.0] + [-penalty] * 4)
    degrees = TRUE[ORDER]
    given = table((degrees @ weights).reshape(PROMPTS, 6), tags={"policy": POLICIES})
    scores = dataclasses.replace(
        given.scores[0], degrees=degrees, weights=weights, criteria=[f"c{n}" for n in range(7)]
    )
    return dataclasses.replace(given, scores=[scores])


def test_always_reject_wins_under_harsh_penalties_and_no_more_when_they_are_halved():
    harsh = audits.run("degenerate", judged(2.0))
    assert harsh.band is Band.POOR
    assert "constant REJECT" in harsh.reading and "win" in harsh.reading
    assert harsh.rows[0][0] in {"constant REJECT", "empty"}
    mended = audits.run("degenerate", judged(1.0))
    assert mended.band is not Band.POOR
    assert "No degenerate policy reaches" in mended.reading


def test_the_budget_of_penalties():
    found = audits.run("penalties", judged(2.0))
    assert value(found, "budget") == pytest.approx(8 / 3)
    assert found.band is Band.POOR
    assert found.rows[0][1] == 1.0 and 0 < float(str(found.rows[0][2])) < 1
    half = dataclasses.replace(judged(0.25).scores[0], floor=0.0, values=np.where(np.arange(240) % 2, 0.0, 1.0))
    saturated = audits.run("penalties", dataclasses.replace(judged(0.25), scores=[half]))
    assert value(saturated, "floor") == 0.5 and saturated.band is Band.POOR
    assert value(saturated, "budget") == pytest.approx(1 / 3)


def test_without_policies_it_is_refused():
    with pytest.raises(errors.Invalid, match="policy"):
        audits.run("degenerate", table(np.ones((2, 2))))
