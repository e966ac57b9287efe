"""Choices are bounded, seeded and cover what they promise."""

import itertools

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


@given(st.integers(0, 40), st.integers(0, 99))
def test_shares_of_strata_follow_their_sizes(count, seed):
    def size(item):
        return "small" if item < 3 else "large"

    chosen = sampling.stratified(ITEMS, count, stratum=size, seed=seed, proportional=True)
    got = sum(size(item) == "small" for item in chosen)
    assert len(chosen) == min(count, 30)
    assert abs(got - len(chosen) / 10) <= 1


GROUPS = st.lists(st.integers(1, 4), min_size=1, max_size=40).map(
    lambda sizes: [n for n, size in enumerate(sizes) for _ in range(size)]
)


@given(GROUPS, st.integers(0, 9), st.integers(0, 9), st.integers(1, 30), st.integers(0, 99))
def test_a_queue_keeps_answers_together_and_repeats_apart(groups, extras, repeats, distance, seed):
    told = {"extras": extras, "repeats": repeats, "distance": distance, "seed": seed}
    places = sampling.laid_out(groups, **told)
    assert places == sampling.laid_out(groups, **told)
    drawn = [place.number for place in places if place.sort is sampling.Sort.DRAWN]
    assert drawn == list(range(len(groups)))
    assert sorted(place.number for place in places if place.sort is sampling.Sort.EXTRA) == list(range(extras))
    again = [place.number for place in places if place.sort is sampling.Sort.REPEAT]
    assert len(again) == len(set(again)) <= repeats
    at = {place.number: n for n, place in enumerate(places) if place.sort is sampling.Sort.DRAWN}
    for n, place in enumerate(places):
        if place.sort is sampling.Sort.REPEAT:
            between = [one for one in places[at[place.number] + 1 : n] if one.sort is sampling.Sort.DRAWN]
            assert len(between) >= min(distance, len(groups) - 1 - place.number)
    for one, other in itertools.pairwise(places):
        if one.sort is sampling.Sort.DRAWN and other.sort is not sampling.Sort.DRAWN:
            following = one.number + 1
            assert following == len(groups) or groups[following] != groups[one.number]


def test_enough_items_are_repeated_where_there_is_room():
    places = sampling.laid_out(range(100), repeats=10, distance=20, seed=1)
    assert sum(place.sort is sampling.Sort.REPEAT for place in places) == 10


def test_one_answer_alone_is_never_repeated():
    assert len(sampling.laid_out(["a", "a"], repeats=2, seed=1)) == 2
