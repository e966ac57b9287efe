"""Best of n: exact where it can be counted, and γ of planted curves."""

import itertools

import numpy as np
import pytest

from domain import audits, errors
from domain.audits import Band, best_of
from domain.audits.grouping import Groups
from tests.domain.audits.given import table, value

RNG = np.random.default_rng(2)


def test_distances_are_those_published():
    known = {1: 0.0, 2: 0.1931, 4: 0.6363, 8: 1.2044, 10: 1.4026, 256: 4.5491}
    for n, nats in known.items():
        assert best_of.kl(n) == pytest.approx(nats, abs=5e-5)


def test_the_curve_is_the_mean_over_all_draws_and_shares_ties():
    proxy, gold = np.array([3.0, 2.0, 2.0, 1.0]), np.array([1.0, 5.0, 3.0, 0.0])
    groups = Groups.of(["p"] * 4)
    for n in range(1, 5):
        drawn = [max(draw, key=lambda place: proxy[place]) for draw in itertools.combinations(range(4), n)]
        shared = {1: 4.0, 2: 4.0}
        wanted = np.mean([shared.get(place, gold[place]) for place in drawn])
        found = best_of.curves(proxy, gold, groups, [n])
        assert found[1][0, 0] == pytest.approx(wanted)
        assert found[0][0, 0] == pytest.approx(np.mean([proxy[place] for place in drawn]))


def test_gamma_of_planted_curves():
    x = np.linspace(0, 2, 9)
    gold, proxy = x * (1.0 - 0.3 * x), x * (1.2 - 0.1 * x)
    fits = best_of.fitted(x, gold), best_of.fitted(x, proxy)
    assert fits[0][0] == pytest.approx([1.0, 0.3])
    assert best_of.gamma(*fits, 2.0)[0] == pytest.approx((0.4 + 1.6 / 3) / (2 - 0.8))
    assert best_of.gamma(fits[0], fits[0], 2.0)[0] == pytest.approx(0.0)
    crossing = best_of.fitted(x, x * (1.5 - 0.8 * x))
    fine = np.linspace(0, 2, 200_001)
    apart = np.abs(fine * (0.5 - 0.5 * fine))
    assert best_of.gamma(fits[0], crossing, 2.0)[0] == pytest.approx(np.trapezoid(apart, fine) / 1.2, rel=1e-6)


def test_a_proxy_that_is_gold_is_not_over_optimised_and_one_that_turns_is():
    gold = RNG.normal(size=(80, 16))
    same = audits.run("best_of_n", table(gold, gold=gold))
    assert value(same, "gamma") == pytest.approx(0.0, abs=1e-9) and same.band is Band.GOOD
    proxy = np.where(gold > 1.0, 0.0, gold) + np.where(gold < -1.5, 4.0, 0.0)
    turned = audits.run("best_of_n", table(proxy, gold=gold))
    assert turned.band is not Band.GOOD
    assert value(turned, "best_n") < 16
    assert turned.plain() == audits.run("best_of_n", table(proxy, gold=gold)).plain()
    with pytest.raises(errors.Invalid, match="gold"):
        audits.run("best_of_n", table(proxy))
