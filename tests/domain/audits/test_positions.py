"""Position: planted biases are found with their size; a Latin square cancels what only adds."""

import numpy as np
import pytest

from domain import accuracy, audits, errors
from domain.audits import Band, Inputs, Judged, Pairs
from tests.domain.audits.given import table, value

RNG = np.random.default_rng(8)


def pairs(first, second, once=False) -> Inputs:
    n = len(first)
    ids, prompts, better, worse = ([f"{letter}{place}" for place in range(n)] for letter in "ipbw")
    judge = Judged("j", np.asarray(first), np.asarray(second), once)
    return Inputs(pairs=Pairs(ids, prompts, better, worse, judged=[judge]))


def test_values_are_those_of_the_accuracies():
    first = RNG.choice([0.0, 0.5, 1.0, np.nan], 60, p=[0.2, 0.1, 0.6, 0.1])
    second = RNG.choice([0.0, 0.5, 1.0, np.nan], 60, p=[0.3, 0.1, 0.5, 0.1])
    found = audits.run("position", pairs(first, second))
    known = [
        accuracy.Pair(*(None if np.isnan(one) else float(one) for one in each))
        for each in zip(first, second, strict=True)
    ]
    assert value(found, "steady") == pytest.approx(np.mean([accuracy.steady(one) for one in known]))
    assert value(found, "both") == pytest.approx(np.mean([accuracy.both(one, accuracy.Ties.STRICT) for one in known]))
    split = [accuracy.preferred(side, accuracy.Ties.SPLIT) for one in known for side in one]
    assert value(found, "accuracy") == pytest.approx(np.mean(split))


def test_a_judge_that_always_takes_the_first_is_half_right_and_never_steady():
    found = audits.run("position", pairs(np.ones(50), np.zeros(50)))
    assert value(found, "accuracy") == 0.5 and value(found, "steady") == 0.0
    assert value(found, "bias") == 0.5 and value(found, "both") == 0.0
    assert found.band is Band.POOR and found.rows[0][0] == "i0"
    assert audits.run("position", pairs(np.ones(50), np.ones(50))).band is Band.GOOD
    with pytest.raises(errors.Invalid, match="both orders"):
        audits.run("position", pairs(np.ones(5), np.full(5, np.nan), once=True))


def test_an_additive_bias_of_places_is_measured_and_cancels_in_a_latin_square():
    quality, bias = RNG.normal(size=(20, 4)), np.array([0.3, 0.0, -0.1, -0.2])
    scores = np.stack([quality + np.roll(bias, shift) for shift in range(4)], axis=1).reshape(20, 16)
    places = [str((n + 4 - shift) % 4 + 1) for _ in range(20) for shift in range(4) for n in range(4)]
    of = [f"p{p}a{n}" for p in range(20) for _ in range(4) for n in range(4)]
    found = audits.run("permutation", table(scores, tags={"position": places, "of": of}))
    for n, wanted in enumerate(bias - bias.mean()):
        assert value(found, f"place_{n + 1}") == pytest.approx(wanted)
    assert scores.reshape(20, 4, 4).mean(axis=1) == pytest.approx(quality + bias.mean())
