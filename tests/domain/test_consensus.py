"""What several answers amount to, and when they amount to nothing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import consensus, errors
from domain.consensus import Rule

answers = st.lists(st.none() | st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), max_size=7)


def test_all_must_agree():
    assert consensus.unanimous([1, None, 1]) == consensus.Consensus(1, (0, 2), (), 1)
    found = consensus.unanimous([1, 0])
    assert found.value is None
    assert found.reason


def test_a_majority_is_more_than_half_and_a_tie_is_none():
    assert consensus.majority([1, 1, 0]) == consensus.Consensus(1, (0, 1), (2,), 0)
    assert consensus.majority([1, 0]).value is None
    assert consensus.majority([1, 1, 0], share=0.7).value is None
    assert consensus.majority([None, 1]).value == 1


def test_weights_decide_where_heads_do_not():
    assert consensus.weighted([1, 0, 0], [3, 1, 1]).value == 1
    assert consensus.weighted([1, 0], [1, 1]).value is None
    assert consensus.weighted([1, None], [0, 1]).value is None


def test_the_most_distant_is_left_out_unless_chance_would_choose():
    assert consensus.drop_distant([0.5, 0.5, 1.0]) == consensus.Consensus(0.5, (0, 1), (2,), 0)
    assert consensus.drop_distant([0.0, 0.5, 1.0]) == consensus.Consensus(0.5, (0, 1, 2), (), 0)
    assert consensus.drop_distant([0.0, 1.0]).value == 0.5


def test_a_wide_spread_comes_to_nothing():
    assert consensus.spread_limit([0.5, 0.75], limit=0.25).value == 0.625
    found = consensus.spread_limit([0.0, 1.0], limit=0.25)
    assert found.value is None
    assert "1 apart" in found.reason


@pytest.mark.parametrize("rule", list(Rule))
def test_nobody_decided(rule):
    found = consensus.decide(rule, [None, None])
    assert (found.value, found.abstained, found.used) == (None, 2, ())
    assert consensus.decide(rule, []).reason


@pytest.mark.parametrize(
    "asked",
    [
        lambda: consensus.weighted([1], []),
        lambda: consensus.weighted([1], [-1]),
        lambda: consensus.majority([1], share=0.4),
        lambda: consensus.majority([1], share=1),
        lambda: consensus.spread_limit([1], limit=-1),
        lambda: consensus.unanimous([math.nan]),
    ],
)
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(errors.Invalid):
        asked()


@given(answers, st.sampled_from(list(Rule)))
def test_every_answer_is_used_dropped_or_an_abstention(said, rule):
    found = consensus.decide(rule, said)
    decided = [value for value in said if value is not None]
    assert found.abstained == len(said) - len(decided)
    if found.value is not None:
        assert len(found.used) + len(found.dropped) + found.abstained == len(said)
        assert min(decided) - 1e-9 <= found.value <= max(decided) + 1e-9
    else:
        assert found.reason


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=7), st.sampled_from(list(Rule)))
def test_the_order_of_people_does_not_matter(said, rule):
    assert consensus.decide(rule, said).value == pytest.approx(consensus.decide(rule, said[::-1]).value)
