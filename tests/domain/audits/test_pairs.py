"""Pairs, agreement, strength and votes: counted by hand and found again where planted."""

import numpy as np
import pytest
from scipy import stats

from domain import audits, errors
from domain.audits import Band, Inputs, Judged, Pairs
from tests.domain.audits.given import table, value

RNG = np.random.default_rng(12)


def pairs(first, second=None, prompts=None, **more) -> Inputs:
    n = len(first)
    ids, named, better, worse = ([f"{letter}{place}" for place in range(n)] for letter in "ipbw")
    one = np.asarray(first, dtype=float)
    other = np.full(n, np.nan) if second is None else np.asarray(second, dtype=float)
    judge = Judged("j", one, other, once=second is None)
    return Inputs(pairs=Pairs(ids, prompts or named, better, worse, judged=[judge], **more))


def test_policies_ranks_and_prompts_by_hand():
    found = audits.run("pairs", pairs([1, 0.5, 0, np.nan, 1, 1], prompts=["a", "a", "a", "b", "b", "c"]))
    assert value(found, "strict") == pytest.approx(3 / 6) and value(found, "lenient") == pytest.approx(4 / 6)
    assert value(found, "split") == pytest.approx(3.5 / 6) and value(found, "unread") == pytest.approx(1 / 6)
    assert value(found, "all_right") == pytest.approx(1 / 3)
    assert value(found, "rank") == pytest.approx((1 / 3 + 1 / 2 + 1) / 3)
    assert [row[0] for row in found.rows] == ["i2", "i3", "i1"]


def test_both_orders_are_the_mean_and_tags_tell_them_apart():
    found = audits.run("pairs", pairs([1, 1, 0], [1, 0, 0], tags={"subset": ["x", "x", "y"]}))
    assert value(found, "strict") == pytest.approx(0.5)
    assert value(found, "in_x") == 0.75 and value(found, "in_y") == 0.0
    assert "least in y" in found.reading
    always = audits.run("pairs", pairs(np.ones(40), np.zeros(40)))
    assert value(always, "split") == 0.5 and always.band is Band.POOR


def test_agreement_is_that_of_scipy_with_an_interval():
    one = RNG.normal(size=(30, 4))
    other = one + RNG.normal(size=(30, 4))
    found = audits.run("agreement", table(one, other))
    assert value(found, "spearman") == pytest.approx(stats.spearmanr(one.ravel(), other.ravel())[0])
    assert value(found, "pearson") == pytest.approx(stats.pearsonr(one.ravel(), other.ravel())[0])
    assert found.figures[0].low is not None and found.figures[0].low < value(found, "spearman")
    grades = audits.run("agreement", table(np.round(one), np.round(one)))
    assert value(grades, "kappa") == 1.0 and value(grades, "equal") == 1.0
    flat = audits.run("agreement", table(np.ones((3, 2)), one[:3, :2]))
    assert flat.figures[0].value is None and flat.band is Band.UNCLEAR


def test_margins_that_grow_with_strength():
    strength = np.tile([1.0, 2.0, 3.0], 40)
    margin = strength * 0.5 - 0.6 + 0.01 * RNG.normal(size=120)
    found = audits.run("rating_preference", pairs(np.ones(120), margins={"m": margin}, strength=strength))
    assert value(found, "strength_1") == 0.0 and value(found, "strength_3") == 1.0
    assert value(found, "spearman") > 0.9 and found.band is Band.GOOD
    assert found.rows[0][4] == 1.0


def test_planted_flips_are_those_that_every_judge_contradicts():
    flipped = RNG.random(200) < 0.2
    truth = np.where(flipped, -1.0, 1.0)
    margins = {f"m{n}": truth * (0.5 + RNG.random(200)) for n in range(3)}
    found = audits.run("preference_strength", Inputs(pairs=Pairs(
        [f"i{n}" for n in range(200)], ["p"] * 200, ["b"] * 200, ["w"] * 200, margins=margins)))  # fmt: skip
    assert value(found, "contradicted") == pytest.approx(flipped.mean())
    assert value(found, "unanimous") == pytest.approx(1 - flipped.mean())
    worst = {str(row[0]) for row in found.rows[: int(flipped.sum())]}
    assert worst == {f"i{n}" for n in np.flatnonzero(flipped)}
    with pytest.raises(errors.Invalid, match="two judges"):
        audits.run("preference_strength", pairs([1.0]))
