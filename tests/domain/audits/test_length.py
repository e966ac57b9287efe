"""Length: a scorer that only counts words is found out, one that knows nothing of it is not."""

import json

import numpy as np
import pytest

from domain import audits, errors
from domain.audits import Answers, Band, Inputs, Scores
from tests.domain.audits.given import value

RNG = np.random.default_rng(3)
PROMPTS, EACH = 60, 4


def given(values, *, correct=None, lengths=None) -> Inputs:
    prompts = [f"p{n // EACH}" for n in range(PROMPTS * EACH)]
    ids = [f"r{n}" for n in range(PROMPTS * EACH)]
    return Inputs(Answers(prompts, ids, correct=correct, lengths=lengths), [Scores("s", values)])


@pytest.fixture
def lengths():
    return RNG.integers(20, 400, PROMPTS * EACH).astype(float)


def test_a_scorer_that_counts_words_pays_length(lengths):
    found = audits.run("length_bias", given(np.log1p(lengths), lengths=lengths))
    assert found.figures[0].value == pytest.approx(1.0)
    assert found.figure("longer_wins").value == 1.0
    assert found.band is Band.POOR
    assert "longer is paid" in found.reading
    assert str(found.rows[0][0]).startswith("p") and str(found.rows[0][1]).startswith("r")


def test_right_answers_that_are_longer_are_no_bias(lengths):
    correct = (RNG.random(len(lengths)) < 0.5).astype(float)
    found = audits.run("length_bias", given(correct.copy(), correct=correct, lengths=lengths + 300 * correct))
    assert found.figures[0].value is None or abs(found.figures[0].value) < 1e-9
    assert found.figure("right_longer").value == 1.0


def test_chance_is_near_nothing_and_the_seed_decides(lengths):
    inputs = given(RNG.random(len(lengths)), lengths=lengths)
    found = audits.run("length_bias", inputs, seed=5)
    held = found.figures[0]
    assert abs(value(found, "correlation")) < 0.25
    assert held.low is not None and held.high is not None and held.low < value(found, "correlation") < held.high
    assert found.plain() == audits.run("length_bias", inputs, seed=5).plain()
    assert found.plot is not None
    assert audits.drawn(audits.of_plain(found.plain()["plot"])) == audits.drawn(found.plot)


def test_what_cannot_be_read_is_refused_with_its_reason(lengths):
    flat = audits.run("length_bias", given(np.full(len(lengths), 0.5), lengths=lengths))
    assert flat.band is Band.UNCLEAR and flat.figures[0].value is None
    json.dumps(flat.plain(), allow_nan=False)
    refusals = {
        "audit_inputs_lacking": given(lengths),
        "audit_not_finite": given(np.full(len(lengths), np.inf), lengths=lengths),
        "audit_too_few": given(np.full(len(lengths), np.nan), lengths=lengths),
        "audit_not_aligned": Inputs(Answers(["p"], ["r"], lengths=np.ones(1)), [Scores("s", np.ones(2))]),
    }
    for code, inputs in refusals.items():
        with pytest.raises(errors.Invalid) as refused:
            audits.run("length_bias", inputs)
        assert refused.value.code == code
    with pytest.raises(errors.Invalid, match="no such parameter"):
        audits.run("length_bias", given(lengths, lengths=lengths), {"bad": 1})
    with pytest.raises(errors.Invalid, match="lies from 0 to 1"):
        audits.run("length_bias", given(lengths, lengths=lengths), {"good": 2})
    with pytest.raises(errors.Invalid, match="is one of"):
        audits.run("nothing", given(lengths))
