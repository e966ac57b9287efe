"""Juries: each rule by hand, quorums, splits, and what never happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, juries
from domain.juries import Jury, Rule
from domain.verdicts import Status, Verdict, unscored
from tests.domain.builders import make_rubric

C = make_rubric({"id": "c", "text": "Names the dose."}).criteria[0]
LEVELS = [{"label": f"L{n}", "value": n / 4, "anchor": "x"} for n in range(5)]
ORDINAL = make_rubric({"id": "c", "kind": "ordinal", "levels": LEVELS}).criteria[0]
GONE = unscored("c", Status.UNPARSEABLE, "broken")
ABSENT = Verdict("c", Status.NOT_APPLICABLE)


def ok(value):
    return Verdict("c", Status.OK, value=value)


def jury(size=3, rule=Rule.MEAN, quorum=2, **weights):
    names = tuple("abcdefghij"[:size])
    return Jury(names, rule, quorum, {"d": weights} if weights else {})


def votes(*said):
    cast = [one if isinstance(one, Verdict) or one is None else ok(one) for one in said]
    return dict(zip("abcdefghij", cast, strict=False))


@pytest.mark.parametrize(
    ("rule", "said", "value"),
    [
        (Rule.MEAN, (1.0, 1.0, 0.0), 2 / 3),
        (Rule.MEDIAN, (1.0, 0.9, 0.0), 0.9),
        (Rule.MEDIAN, (1.0, GONE, 0.0), 0.5),
        (Rule.MAJORITY, (0.9, 0.8, 0.1), 1.0),
        (Rule.MAJORITY, (0.0, 0.2, 1.0), 0.0),
    ],
)
def test_each_rule_by_hand(rule, said, value):
    found = juries.combine(C, votes(*said), jury(rule=rule))
    assert found.status is Status.OK
    assert found.value == pytest.approx(value)


def test_weights_are_those_of_the_criterion():
    weighed = jury(rule=Rule.WEIGHTED, a=0.6, b=0.2, c=0.0)
    assert juries.combine(C, votes(1.0, 0.0, 0.0), weighed, digest="d").value == pytest.approx(0.75)
    other = juries.combine(C, votes(1.0, 0.0, 0.0), weighed, digest="another wording")
    assert (other.value, other.reason) == (None, "The judges were not weighed on this criterion.")
    nobody = juries.combine(C, votes(GONE, GONE, 1.0), jury(rule=Rule.WEIGHTED, quorum=1, c=0.0), digest="d")
    assert nobody.status is Status.CANNOT_ASSESS


def test_what_was_measured_is_kept():
    found = juries.combine(ORDINAL, votes(0.75, 0.75, 0.0), jury(rule=Rule.MAJORITY))
    assert found.detail == {"judges": 3, "votes": 3, "agreement": pytest.approx(2 / 3), "spread": 0.75}
    assert [juries.dissents(ORDINAL, found, ok(value)) for value in (0.75, 0.8, 0.0)] == [False, False, True]
    assert juries.dissents(ORDINAL, found, ABSENT)
    assert not juries.dissents(ORDINAL, found, GONE)
    assert not juries.dissents(ORDINAL, found, None)


@pytest.mark.parametrize(
    ("said", "rule", "status", "reason"),
    [
        ((1.0, GONE, None), Rule.MEAN, Status.CANNOT_ASSESS, "1 of 3 judges decided; the jury needs 2."),
        ((1.0, 0.0, GONE), Rule.MAJORITY, Status.CANNOT_ASSESS, "The votes are split evenly"),
        ((1.0, ABSENT, GONE), Rule.MEAN, Status.CANNOT_ASSESS, "split on whether the criterion applies"),
        ((1.0, ABSENT, ABSENT), Rule.MEAN, Status.NOT_APPLICABLE, "2 of 3 judges say"),
    ],
)
def test_without_a_decision_there_is_a_reason_and_no_value(said, rule, status, reason):
    found = juries.combine(C, votes(*said), jury(rule=rule))
    assert (found.status, found.value) == (status, None)
    assert reason in found.reason


def test_a_jury_is_checked():
    for wrong in (("a",), ("a", "a"), tuple("abcdefghijk")):
        with pytest.raises(errors.Invalid):
            Jury(wrong, Rule.MEAN, 1)
    with pytest.raises(errors.Invalid, match="quorum"):
        jury(quorum=4)


def test_weighing_a_judge():
    found = juries.weigh(C, [(1.0, 1.0)] * 8 + [(0.9, 0.0)] * 2)
    assert (found.agreed, found.known) == (8, 10)
    assert found.weight == pytest.approx(2 * 9 / 12 - 1)
    assert juries.weigh(C, [(1.0, 0.0)] * 20).weight == 0
    with pytest.raises(juries.TooFewKnown):
        juries.weigh(C, [(1.0, 1.0)] * 9)


VOTE = st.one_of(st.none(), st.just(GONE), st.just(ABSENT), st.floats(0, 1).map(ok))


@given(st.lists(VOTE, min_size=3, max_size=3), st.sampled_from(list(Rule)), st.integers(1, 3), st.permutations("abc"))
def test_a_value_within_the_votes_or_none_whatever_the_order(said, rule, quorum, order):
    named = dict(zip("abc", said, strict=True))
    weights = {"d": {"a": 0.5, "b": 0.25, "c": 1.0}}
    found = juries.combine(C, named, Jury(("a", "b", "c"), rule, quorum, weights), digest="d")
    scored = [one.value for one in said if one is not None and one.value is not None]
    decided = [one for one in said if one is not None and one is not GONE]
    if len(decided) < quorum or not scored:
        assert found.value is None
    if found.value is None:
        assert found.reason
    elif rule is not Rule.MAJORITY:
        assert min(scored) - 1e-9 <= found.value <= max(scored) + 1e-9
    turned = juries.combine(C, named, Jury(tuple(order), rule, quorum, weights), digest="d")
    assert turned.status == found.status
    assert turned.value == pytest.approx(found.value)
