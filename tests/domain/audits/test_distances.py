"""Distances: invariant where they should be, exact where the answer is known, a metric on random tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import audits, errors
from domain.audits import Band, starc
from domain.audits.grouping import Groups
from domain.audits.starc import Canon, Norm
from tests.domain.audits.given import table, value

RNG = np.random.default_rng(11)
ONE, OTHER = RNG.normal(size=(40, 5)), RNG.normal(size=(40, 5))
SHIFT = RNG.normal(size=(40, 1))
SEEDS = st.integers(0, 2**32 - 1)
GROUPS = Groups.of([f"p{n // 5}" for n in range(200)])


@pytest.mark.parametrize("norm", Norm)
def test_scale_and_shifts_per_prompt_do_not_count_and_the_reverse_is_one(norm):
    flat = ONE.ravel()
    assert starc.distance(flat, (3 * ONE + SHIFT).ravel(), GROUPS, norm) < 1e-12
    assert starc.distance(flat, (SHIFT - ONE).ravel(), GROUPS, norm) == pytest.approx(1.0)
    assert starc.distance(flat, np.repeat(SHIFT.ravel(), 5), GROUPS, norm) == pytest.approx(0.5)
    assert starc.distance(np.ones(200), np.repeat(SHIFT.ravel(), 5), GROUPS, norm) == 0.0
    assert starc.distance(flat, (3 * ONE + SHIFT).ravel(), GROUPS, norm, Canon.GREEDY) < 1e-12


def test_it_is_the_distance_of_epic():
    first, second = GROUPS.centred(ONE.ravel()), GROUPS.centred(OTHER.ravel())
    rho = np.corrcoef(first, second)[0, 1]
    assert starc.distance(ONE.ravel(), OTHER.ravel(), GROUPS) == pytest.approx(np.sqrt((1 - rho) / 2))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_it_is_a_metric_on_chance_tables(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 5, size=6)
    groups = Groups.of([f"p{n}" for n, size in enumerate(sizes) for _ in range(size)])
    tables = rng.integers(0, 4, size=(3, sizes.sum())).astype(float)
    found = starc.matrix(tables, groups)
    assert (found == found.T).all() and (np.diag(found) == 0).all()
    assert found[0, 2] <= found[0, 1] + found[1, 2] + 1e-12
    assert found[0, 1] == pytest.approx(starc.distance(tables[0], tables[1], groups))
    scaled = rng.uniform(0.1, 9) * tables[0] + rng.normal(size=6)[groups.codes]
    assert starc.distance(tables[0], scaled, groups) < 1e-7


def test_discordance_and_regret_by_hand():
    groups = Groups.of(["p", "p", "p"])
    one, other = np.array([3.0, 2.0, 1.0]), np.array([2.0, 3.0, 3.0])
    order = starc.discordance(one, other, groups)
    assert order.opposite.tolist() == [1.0, 1.0] and order.tied == 1
    assert starc.regret(one, other, groups)[0].tolist() == [0.75]
    assert starc.regret(other, one, groups)[0].tolist() == [1.0]


def test_the_audit_names_who_moved():
    moved = ONE.copy()
    moved[7, 2] += 9
    found = audits.run("distance", table(ONE, moved, names=["old", "new"]))
    assert found.rows[0][:2] == ("p7", "r37")
    assert "old and new" in found.reading
    low, high = found.figures[0].low, found.figures[0].high
    assert low is not None and high is not None and low <= value(found, "distance") <= high
    same = audits.run("distance", table(ONE, 2 * ONE + SHIFT))
    assert same.band is Band.GOOD
    assert value(same, "distance") < 1e-12 and value(same, "regret_first") == 0.0
    assert audits.run("distance", table(ONE, -ONE)).band is Band.POOR
    flat = audits.run("distance", table(ONE, np.ones_like(ONE)))
    assert flat.band is Band.UNCLEAR and "Constant reward" in flat.reading


def test_the_matrix_joins_who_rewards_alike():
    inputs = table(ONE, ONE + 0.1 * OTHER, OTHER, -ONE, names=["a", "almost a", "b", "not a"])
    found = audits.run("distance_matrix", inputs)
    assert {found.rows[0][0], found.rows[0][1]} == {"a", "not a"}
    assert {found.rows[-1][0], found.rows[-1][1]} == {"a", "almost a"}
    assert found.plot is not None and found.beside is not None
    assert audits.drawn(found.plot)["data"][0]["type"] == "heatmap"
    assert abs(found.plot.rows.index("a") - found.plot.rows.index("almost a")) == 1
    assert audits.drawn(audits.of_plain(found.plain()["beside"])) == audits.drawn(found.beside)


def test_too_little_is_refused():
    with pytest.raises(errors.Invalid, match="needs scores of at least two"):
        audits.run("distance", table(ONE))
    with pytest.raises(errors.Invalid, match="two answers"):
        audits.run("distance", table(ONE[:, :1], OTHER[:, :1]))
