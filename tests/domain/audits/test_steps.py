"""Steps: what padding, loops and reversal do, by the shapings' own definitions."""

import numpy as np
import pytest

from domain import audits, errors
from domain.audits import Band, Inputs, Trajectory, steps
from domain.scoring.stepwise import Shaping, Way
from tests.domain.audits.given import value

RNG = np.random.default_rng(14)
GIVEN = np.array([0.9, 0.8, 0.85, 0.3])


def trajectories(*scores, outcomes=()) -> Inputs:
    ends = outcomes or [1.0] * len(scores)
    rows = zip(scores, ends, strict=True)
    return Inputs(trajectories=[Trajectory(f"p{n}", f"t{n}", np.array(one), end) for n, (one, end) in enumerate(rows)])


def test_padding_pays_where_steps_are_paid_their_scores_and_not_under_clip_and_delta():
    found = audits.run("padding", trajectories(GIVEN, GIVEN[::-1]), {"eta": 0.7})
    assert value(found, "none") == 1.0 and found.band is Band.POOR
    assert value(found, "clip") == 0.0 and value(found, "delta") == 0.0
    assert "grows without bound" in found.reading
    assert found.rows[0][2] == pytest.approx(0.9) and found.rows[0][3] == pytest.approx(6.3)
    clipped = audits.run("padding", trajectories(GIVEN), {"eta": 0.7, "shaping": "clip"})
    assert clipped.figures[0].value == 0.0 and clipped.band is Band.GOOD


def test_a_cycle_pays_nothing_under_a_potential():
    for _ in range(20):
        scores = RNG.random(6)
        assert steps.looped(scores, Way(shaping=Shaping.POTENTIAL)) == pytest.approx(0.0)
        assert steps.looped(scores, Way(shaping=Shaping.NONE)) > 0


def test_time_and_value():
    assert steps.voc(np.array([0.1, 0.4, 0.9])) == pytest.approx(1.0)
    assert steps.voc(np.array([0.9, 0.4, 0.1])) == pytest.approx(-1.0)
    found = audits.run(
        "progress", trajectories([0.1, 0.5, 0.9], [0.2, 0.3, 0.6], [0.9, 0.5, 0.1], outcomes=[1.0, 1.0, 0.0])
    )
    assert value(found, "voc") == pytest.approx(1.0) and value(found, "failed") == pytest.approx(-1.0)
    backwards = audits.run("progress", trajectories([0.9, 0.5, 0.1], [0.5, 0.5, 0.5]))
    assert backwards.band is not Band.GOOD and value(backwards, "flat") == 0.5 and value(backwards, "falls") == 0.5


def test_right_outcomes_by_unsound_steps():
    given = trajectories([0.9, 0.8], [0.9, 0.2], [0.1, 0.9], [0.4, 0.3], outcomes=[1.0, 1.0, 0.0, 0.0])
    found = audits.run("unsound_steps", given)
    assert value(found, "unsound") == 0.5 and found.rows[0][:3] == ("p1", "t1", 2)
    assert value(found, "auc_min") == pytest.approx(3 / 4)
    assert value(found, "auc_last") == pytest.approx(1 / 4)


def test_unscored_steps_are_left_out_and_nothing_left_is_refused():
    with pytest.raises(errors.Invalid, match="all of them scored"):
        audits.run("padding", trajectories([0.5, np.nan]))
    found = audits.run("padding", trajectories([0.5, np.nan], [0.5, 0.6]))
    assert "1 of 2 trajectories" in found.notes[0]
