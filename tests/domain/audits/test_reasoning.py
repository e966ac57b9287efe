"""Reasons and verdicts: canned replies; calibration: planted probabilities."""

import numpy as np
import pytest

from domain import audits, calibration, errors
from domain.audits import Band, Inputs, Known, Reply, reasoning
from tests.domain.audits.given import value

SAID = [
    ("Response A is clear. Response B is better.", "B", "b"),
    ("I prefer Assistant 1 for its depth.", "1", "a"),
    ("Both have faults, but the second is weak. [[A]]", "A", "a"),
    ("In the end it is a tie.", "A", "tie"),
    ("The answer names the dose. So the criterion is met.", "yes", "pass"),
    ("It does not name the dose; not met.", "PASS", "fail"),
    ("Nothing to be seen here", "B", None),
    ("Answer A is long. Answer B is short.", "A", None),
]


@pytest.mark.parametrize(("text", "verdict", "wanted"), SAID)
def test_what_reasons_end_on(text, verdict, wanted):
    assert reasoning.said(text, verdict) == wanted


def test_contradictions_are_listed_and_unread_replies_are_no_verdicts():
    replies = [Reply(f"v{n}", verdict, text, f"p{n}", f"r{n}") for n, (text, verdict, _) in enumerate(SAID)]
    replies += [Reply("v9", None, "%%%", "p9", "r9")] * 2
    found = audits.run("reasoning", Inputs(replies=replies))
    assert value(found, "consistent") == pytest.approx(4 / 6)
    assert value(found, "unread") == pytest.approx(0.2)
    assert value(found, "silent") == pytest.approx(2 / 8)
    assert found.band is Band.UNCLEAR
    assert audits.run("reasoning", Inputs(replies=replies * 9)).band is Band.POOR
    assert [row[0] for row in found.rows] == ["p3", "p5", "p9", "p9"]


def known(said, truth, prompts=None) -> Inputs:
    names = prompts or [f"p{n}" for n in range(len(said))]
    return Inputs(known=Known(np.asarray(said), np.asarray(truth), names, [f"r{n}" for n in range(len(said))]))


def test_calibration_is_that_of_the_judges_page_and_a_fair_judge_is_good():
    rng = np.random.default_rng(1)
    said = rng.random(4000)
    fair = (rng.random(4000) < said).astype(float)
    found = audits.run("calibration", known(said, fair))
    assert found.band is Band.GOOD
    assert value(found, "ece") == pytest.approx(calibration.measure(said.tolist(), fair.tolist()).ece)
    assert value(found, "brier") == pytest.approx(np.mean((said - fair) ** 2))
    assert value(found, "chance") == pytest.approx(value(found, "ece"), abs=0.02)
    sure = audits.run("calibration", known(np.full(200, 0.95), np.tile([1.0, 0.0], 100)))
    assert value(sure, "ece") == pytest.approx(0.45) and sure.band is Band.POOR
    assert sure.reading.startswith("Too sure between 0.9 and 1")


def test_a_constant_yes_is_no_exam_passed_and_numbers_beyond_one_are_refused():
    with pytest.raises(errors.Invalid, match="from 0 to 1"):
        audits.run("calibration", known([1.2], [1.0]))
    with pytest.raises(errors.Invalid, match="known truth"):
        audits.run("calibration", known([np.nan], [1.0]))
