"""Choices are bounded, seeded and cover what they promise."""

from hypothesis import given
from hypothesis import strategies as st

from domain import sampling

ITEMS = list(range(30))


@given(st.integers(-2, 40), st.integers(0, 99))
def test_at_random_takes_so_many_once_each_in_order(count, seed):
    chosen = sampling.at_random(ITEMS, count, seed=seed)
    assert len(chosen) == min(max(count, 0), 30)
    assert chosen == sorted(set(chosen))
    assert chosen == sampling.at_random(ITEMS, count, seed=seed)


@given(st.integers(-2, 40), st.integers(0, 99))
def test_strata_are_as_equal_as_their_sizes_allow(count, seed):
    def size(item):
        return "small" if item < 3 else "middle" if item < 10 else "large"

    chosen = sampling.stratified(ITEMS, count, stratum=size, seed=seed)
    assert len(chosen) == len(set(chosen)) == min(max(count, 0), 30)
    got = {name: sum(size(item) == name for item in chosen) for name in ("small", "middle", "large")}
    if count <= 9 and count > 0:
        assert max(got.values()) - min(got.values()) <= 1
    if count >= 13:
        assert got["small"] == 3


def test_the_most_uncertain_come_first():
    probabilities = {"sure": 0.99, "unsure": 0.52, "unknown": None, "no": 0.0}
    chosen = sampling.uncertain(list(probabilities), 3, probability=probabilities.get, seed=1)
    assert chosen == ["unknown", "unsure", "sure"]


def test_equals_are_ordered_by_the_seed():
    orders = {tuple(sampling.uncertain(ITEMS, 5, probability=lambda _: 0.5, seed=seed)) for seed in range(10)}
    assert len(orders) > 1
