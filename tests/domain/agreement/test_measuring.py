"""Coefficients with intervals: published examples, and the statistics packages on any table."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain import agreement, errors
from domain.agreement import Metric

# Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), as published with irrCAC (raw4raters): four raters, twelve
# subjects. Published: percent over items 0.81818, AC1 0.77544, Fleiss 0.76117, Krippendorff 0.74342.
NONE: None = None
FOUR_RATERS: list[list[float | None]] = [
    [1, 1, NONE, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1],
    [2, 2, 2, 2], [NONE, 5, 5, 5], [NONE, NONE, 1, 1], [NONE, NONE, 3, NONE],
]  # fmt: skip
# Fleiss (1971) as on Wikipedia: fourteen raters, ten subjects, five categories; kappa 0.210.
FLEISS_COUNTS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
rows = st.lists(st.lists(st.sampled_from([None, 0.0, 0.5, 0.75, 1.0]), min_size=3, max_size=3), min_size=2, max_size=20)


def measured(table, metric, **options) -> Any:
    return agreement.measure(table, metric, **options)


def value_of(rated: Any, metric, level="nominal"):
    return agreement.measure(agreement.of_rows(rated), metric, level=level, resamples=0).value


@pytest.mark.parametrize(
    ("metric", "value"), [(Metric.AC1, 0.77544), (Metric.FLEISS, 0.76117), (Metric.ALPHA, 0.74342)]
)
def test_gwets_example(metric, value):
    found = measured(agreement.of_rows(FOUR_RATERS), metric, seed=1)
    assert found.value == pytest.approx(value, abs=5e-6)
    assert found.low < found.value < found.high
    assert (found.n_items, found.n_raters, found.single) == (11, 4, 1)


def test_fleiss_as_statsmodels():
    from statsmodels.stats.inter_rater import fleiss_kappa

    rated = [[n for n, times in enumerate(row) for _ in range(times)] for row in FLEISS_COUNTS]
    assert value_of(rated, Metric.FLEISS) == pytest.approx(0.210, abs=5e-4)
    assert value_of(rated, Metric.FLEISS) == pytest.approx(fleiss_kappa(np.array(FLEISS_COUNTS)), abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(rows, st.sampled_from(agreement.LEVELS))
def test_alpha_as_the_package(rated, level):
    expected = agreement.krippendorff_alpha(rated, level=level)
    found = value_of(rated, Metric.ALPHA, level)
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


@settings(deadline=None, max_examples=60)
@given(rows)
def test_percent_as_by_counting(rated):
    expected = agreement.percent(rated)
    assert value_of(rated, Metric.PERCENT) == (None if expected is None else pytest.approx(expected, abs=1e-12))


@pytest.mark.parametrize(
    ("metric", "weights"),
    [(Metric.KAPPA, None), (Metric.KAPPA_LINEAR, "linear"), (Metric.KAPPA_QUADRATIC, "quadratic")],
)
@settings(deadline=None, max_examples=40)
@given(rated=st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=2, max_size=2), min_size=2, max_size=20))
def test_kappa_as_the_package(metric, weights, rated):
    expected = agreement.cohen_kappa([a for a, _ in rated], [b for _, b in rated], weights=weights)
    assert value_of(rated, metric) == (None if expected is None else pytest.approx(expected, abs=1e-9))


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("metric", [Metric.SPEARMAN, Metric.KENDALL, Metric.PEARSON])
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_correlations_as_scipy(metric, many, data):
    import scipy.stats

    numbers = st.floats(0, 1, width=16) if many else st.sampled_from([0.0, 0.25, 0.5, 1.0])
    rated = data.draw(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=120 if many else 20))
    if many:
        rated += [(n / 200, (n * 7 % 101) / 101) for n in range(120)]
    x, y = [a for a, _ in rated], [b for _, b in rated]
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    asked = {
        Metric.SPEARMAN: scipy.stats.spearmanr, Metric.KENDALL: scipy.stats.kendalltau,
        Metric.PEARSON: scipy.stats.pearsonr,
    }[metric]  # fmt: skip
    assert value_of([list(row) for row in rated], metric) == pytest.approx(float(asked(x, y).statistic), abs=1e-9)


def test_more_than_two_raters_are_the_mean_of_their_pairs():
    rated: Any = [[0, 0, 1], [1, 1, 1], [0, 1, 0], [1, 0, None], [0, 0, 0]]
    table = agreement.of_rows(rated)
    both: Any = agreement.matrix(table, Metric.KAPPA)
    assert [(one.first, one.second, one.n_items) for one in both] == [(0, 1, 5), (0, 2, 4), (1, 2, 4)]
    expected = sum(one.value * one.n_items for one in both) / sum(one.n_items for one in both)
    assert agreement.measure(table, Metric.KAPPA).value == pytest.approx(expected)
    first = agreement.cohen_kappa([row[0] for row in rated], [row[2] for row in rated])
    assert both[1].value == pytest.approx(first)


@pytest.mark.parametrize("metric", list(Metric))
def test_what_is_not_defined_is_none_with_a_policy(metric):
    for rated in ([], [[1, None], [None, 0]], [[1.0, 1.0], [1.0, 1.0]]):
        found = measured(agreement.of_rows(rated), metric, level="ordinal")
        if metric is not Metric.PERCENT or not rated or None in rated[0]:
            assert (found.value, found.low, found.high) == (None, None, None)
        assert all(found.policy)
        assert metric.label


@pytest.mark.parametrize("metric", list(Metric))
def test_intervals_are_seeded_and_hold_the_value(metric):
    chance = np.random.default_rng(4)
    truth = chance.integers(0, 4, 150)
    rated = [[float(np.clip(t + chance.integers(-1, 2), 0, 3)) for _ in range(2)] for t in truth]
    table = agreement.of_rows(rated)
    found = measured(table, metric, level="ordinal", seed=7)
    assert found == measured(table, metric, level="ordinal", seed=7)
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.4


def test_the_interval_is_the_usual_bootstrap():
    chance = np.random.default_rng(5)
    truth = chance.integers(0, 3, 120)
    rated = [[float(t if chance.random() < 0.8 else chance.integers(0, 3)) for _ in range(3)] for t in truth]
    fast = measured(agreement.of_rows(rated), Metric.ALPHA, level="ordinal", seed=1, resamples=2_000)
    plain = agreement.interval(
        lambda drawn: agreement.krippendorff_alpha(drawn, level="ordinal"), rated, seed=2, resamples=400
    )
    assert fast.value == pytest.approx(plain.value, abs=1e-9)
    assert (fast.low, fast.high) == pytest.approx((plain.low, plain.high), abs=0.02)


def test_many_items_of_few_kinds_are_quickly_drawn():
    table = agreement.of_triples(list(range(40_000)) * 2, [0] * 40_000 + [1] * 40_000, [0.0, 1.0] * 40_000)
    found = measured(table, Metric.ALPHA)
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)
    assert found.n_items == 40_000


def test_two_groups_are_two_raters():
    people = agreement.of_triples([0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 0], [1, 1, 0, 1, 0, 0])
    judge = agreement.of_triples([0, 1, 2], [0, 0, 0], [1, 1, 1])
    table, undecided = agreement.sides(people, judge, merging="majority")
    assert undecided == 1
    assert agreement.measure(table, Metric.PERCENT).value == 0.5
    means, undecided = agreement.sides(people, judge, merging="mean")
    assert undecided == 0
    assert sorted(means.values[means.raters == 0]) == pytest.approx([0, 0.5, 2 / 3])


def test_levels():
    assert agreement.level_of(agreement.of_rows([[0, 1]])) == "nominal"
    assert agreement.level_of(agreement.of_rows([[0, 0.5, 1]])) == "ordinal"


def test_what_is_no_table_is_refused():
    with pytest.raises(errors.Invalid):
        agreement.of_triples([1], [1, 2], [1.0])
    with pytest.raises(errors.Invalid):
        agreement.of_triples([1], [1], [math.nan])


def test_too_many_pairs_are_refused():
    table = agreement.of_triples([0] * 3_000, range(3_000), [1.0] * 3_000)
    with pytest.raises(errors.Invalid, match="alpha"):
        agreement.measure(table, Metric.KAPPA)


def test_too_many_values_are_refused_for_a_kappa():
    table = agreement.of_triples(list(range(1_500)) * 2, [0] * 1_500 + [1] * 1_500, np.arange(3_000) / 7)
    with pytest.raises(errors.Invalid, match="correlation"):
        agreement.measure(table, Metric.KAPPA)
    assert agreement.measure(table, Metric.KENDALL, resamples=0).value == pytest.approx(1)


def test_kept_ratings_are_numbered_afresh():
    table = agreement.of_rows([[1, 0], [None, 1], [1, 1]])
    found = agreement.kept(table, table.items != 1)
    assert (found.n_items, found.n_raters, list(found.values)) == (2, 2, [1, 0, 1, 1])


def test_several_coefficients_are_those_one_by_one():
    chance = np.random.default_rng(31)
    table = agreement.of_rows(chance.integers(0, 4, (60, 3)).tolist())
    wanted: list[tuple[Metric, agreement.Level]] = [(metric, "ordinal") for metric in Metric]
    together = agreement.measure_each(table, wanted, seed=4, resamples=150)
    for (metric, level), found in zip(wanted, together, strict=True):
        alone = agreement.measure(table, metric, level=level, seed=4, resamples=150)
        assert found == alone


def test_intervals_of_two_raters_are_those_of_the_plain_bootstrap():
    chance = np.random.default_rng(32)
    first = chance.integers(0, 3, 150)
    second = np.where(chance.random(150) < 0.7, first, chance.integers(0, 3, 150))
    (pair,) = agreement.matrix(agreement.of_rows(np.column_stack([first, second]).tolist()), agreement.Metric.KAPPA)
    drawn: list[Any] = []
    for _ in range(600):
        kept = chance.integers(0, 150, 150)
        drawn.append(agreement.cohen_kappa(first[kept].tolist(), second[kept].tolist()))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert pair.low == pytest.approx(low, abs=0.04)
    assert pair.high == pytest.approx(high, abs=0.04)


def test_pairs_with_very_many_values_have_no_interval():
    chance = np.random.default_rng(33)
    rated = agreement.of_rows(chance.random((160, 2)).round(2).tolist())
    found = agreement.matrix(rated, Metric.SPEARMAN)
    wide = agreement.matrix(agreement.of_rows(chance.random((160, 2)).tolist()), Metric.SPEARMAN)
    assert [(one.low is None, one.n_items) for one in [*found, *wide]] == [(False, 160), (True, 160)]
    assert agreement.matrix(agreement.of_rows([[1, None], [None, 1]]), Metric.KAPPA) == []
