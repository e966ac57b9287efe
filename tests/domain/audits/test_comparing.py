"""Comparison: planted differences are found, chance is not, and the sample that would do is named."""

import numpy as np
import pytest
from scipy import stats

from domain import audits, errors
from domain.audits import Band, Inputs, Judged, Pairs, comparing
from tests.domain.audits.given import table, value

RNG = np.random.default_rng(6)


def test_holm_by_hand():
    assert comparing.holm(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert comparing.holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]


def test_sign_flips_are_near_the_t_test_and_fair_under_chance():
    differences = RNG.normal(0.25, 1.0, size=(80, 1))
    found = comparing.sign_flips(differences, np.random.default_rng(0))
    assert found[0] == pytest.approx(stats.ttest_1samp(differences[:, 0], 0.0).pvalue, abs=0.01)
    many = comparing.sign_flips(RNG.normal(size=(30, 200)), np.random.default_rng(0), flips=999)
    assert (many < 0.1).mean() == pytest.approx(0.1, abs=0.07)


def test_a_better_scorer_is_found_and_a_lead_by_chance_is_not():
    right = np.zeros((200, 4))
    right[:, 0] = 1
    good, fair = right + 0.6 * RNG.normal(size=(200, 4)), right + 3 * RNG.normal(size=(200, 4))
    found = audits.run("comparison", table(good, fair, correct=right, names=["good", "fair"]))
    assert found.band is Band.GOOD and found.reading.startswith("good is better than fair")
    assert value(found, "good") > value(found, "fair")
    close = audits.run("comparison", table(good, good + 0.05 * RNG.normal(size=(200, 4)), correct=right))
    assert close.band is Band.UNCLEAR
    assert "more prompts" in close.reading or "same" in close.reading
    same = audits.run("comparison", table(good, good, fair), {"by": "score"})
    assert same.rows[0][5] == 1.0 and same.rows[0][9] is None and same.rows[0][7] is None
    assert len(same.rows) == 3


def test_two_corrections_and_mcnemar_by_hand():
    given = np.array([0.01, 0.04, 0.03, 0.5])
    from statsmodels.stats.multitest import multipletests

    for ours, theirs in ((comparing.holm, "holm"), (comparing.hochberg, "fdr_bh")):
        assert ours(given).tolist() == pytest.approx(multipletests(given, method=theirs)[1].tolist())
    one, other = np.repeat([1.0, 1.0, 0.0, 0.0], [5, 9, 1, 5]), np.repeat([1.0, 0.0, 1.0, 0.0], [5, 9, 1, 5])
    assert comparing.mcnemar(one, other) == pytest.approx(22 / 1024)
    assert comparing.mcnemar(one, one) is None


def test_judges_of_pairs_are_compared_with_those_who_score():
    names = [f"p{n}" for n in range(60)]
    wins = Judged("pairs", np.ones(60), np.ones(60))
    loses = Judged("flat", np.full(60, 0.5), np.where(np.arange(60) < 20, 1.0, 0.0))
    pairs = Pairs(
        names, names, names, names, judged=[wins, loses], margins={"rm": np.where(np.arange(60) < 40, 1.0, -1)}
    )
    found = audits.run("pair_comparison", Inputs(pairs=pairs), {"correction": "bh"})
    assert found.band is Band.GOOD and found.reading.startswith("pairs is better than rm")
    assert [value(found, name) for name in ("pairs", "flat", "rm")] == pytest.approx([1, 1 / 6, 2 / 3])
    assert found.rows[0][7] is not None and "Benjamini" in found.notes[1]
    with pytest.raises(errors.Invalid, match="Fewer than two"):
        audits.run(
            "pair_comparison",
            Inputs(
                pairs=Pairs(
                    names,
                    names,
                    names,
                    names,
                    judged=[wins, Judged("silent", np.full(60, np.nan), np.full(60, np.nan))],
                )
            ),
        )


def test_the_needed_sample_is_that_of_the_power_of_a_t_test():
    assert comparing.needed(0.5) == 34
    assert comparing.needed(0.2) == 199
    assert comparing.needed(0.0) is None
    with pytest.raises(errors.Invalid, match="two prompts"):
        audits.run("comparison", table(np.ones((1, 3)), np.ones((1, 3))))
