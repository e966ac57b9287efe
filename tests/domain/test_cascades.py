"""Cascades: doubts rule by rule, curves by hand, honest choices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import cascades, errors
from domain.cascades import Case, Rules
from domain.verdicts import Status, Verdict, unscored

SURE = Verdict("c", Status.OK, value=1.0, label_mass=0.9, distribution=((" Yes", 0.9), (" No", 0.1)))


def said(yes=0.9, mass=0.9, **detail):
    shares = ((" Yes", yes), (" No", 1 - yes))
    return Verdict("c", Status.OK, value=float(yes > 0.5), label_mass=mass, distribution=shares, detail=detail)


@pytest.mark.parametrize(
    ("verdict", "rules", "found"),
    [
        (said(), Rules(), ()),
        (said(0.54), Rules(), ("margin",)),
        (said(0.54), Rules(margin=None), ()),
        (said(mass=0.4), Rules(label_mass=0.5), ("label_mass",)),
        (said(coverage=0.8), Rules(coverage=0.9), ("coverage",)),
        (said(agreement=0.6), Rules(agreement=0.7), ("agreement",)),
        (said(gap=0.3), Rules(gap=0.2), ("gap",)),
        (said(gap=0.1, flipped=True), Rules(gap=0.2), ("gap",)),
        (said(gap=0.1, flipped=True), Rules(), ()),
        (said(0.54, mass=0.1), Rules(label_mass=0.5), ("margin", "label_mass")),
        (unscored("c", Status.UNPARSEABLE, "x"), Rules(), ("unscored",)),
        (unscored("c", Status.UNPARSEABLE, "x"), Rules(unscored=False), ()),
        (Verdict("c", Status.OK, value=1.0, probability=0.52), Rules(), ("margin",)),
        (Verdict("c", Status.OK, value=1.0), Rules(), ()),
    ],
)
def test_each_rule_doubts_what_it_should(verdict, rules, found):
    assert cascades.doubts(verdict, rules) == found


def test_the_threshold_of_a_criterion_goes_before_the_rule():
    assert cascades.doubts(said(0.8), Rules(), least_margin=0.7) == ("margin",)
    assert cascades.doubts(said(0.54), Rules(), least_margin=0.0) == ()


@pytest.mark.parametrize("given", [{"margin": 2}, {"margin": "x"}, {"margin": True}, {"loudness": 1}, {"unscored": 1}])
def test_wrong_rules_are_refused(given):
    with pytest.raises(errors.Invalid):
        cascades.rules_from(given)


def test_rules_go_through_json():
    rules = Rules(margin=0.2, gap=0.3, unscored=False)
    assert cascades.rules_from(rules.plain()) == rules


def test_a_curve_by_hand():
    cases = [Case(0.1, False, True), Case(0.4, True, True), Case(0.8, True, False), Case(0.2, False, None)]
    points = cascades.curve(cases, cost_ratio=6)
    assert [(round(p.threshold, 6), p.escalated, p.agreement, p.cost) for p in points] == [
        (0.0, 0.0, pytest.approx(2 / 3), 1.0),
        (0.1, pytest.approx(1 / 3), 1.0, 3.0),
        (0.4, pytest.approx(2 / 3), 1.0, 5.0),
        (0.8, 1.0, pytest.approx(2 / 3), 7.0),
    ]
    assert all(point.low <= point.agreement <= point.high for point in points)
    assert cascades.curve([Case(0.1, True, None)], cost_ratio=6) == []


def test_wilson_by_the_book():
    low, high = cascades.wilson(15, 20)
    assert [low, high] == pytest.approx([0.5313, 0.8881], abs=1e-4)
    assert cascades.wilson(0, 0) == (0.0, 1.0)


def doubtful(count=100):
    """The first judge is right where its margin is above 0.3; the better one always."""
    return [Case(n / count, n / count > 0.3, True, f"p{n}") for n in range(count)]


def test_the_cheapest_threshold_that_reaches_the_target_is_chosen():
    found = cascades.choose(doubtful(), target=1.0, cost_ratio=6)
    assert found.reached
    assert found.point.threshold == pytest.approx(0.3, abs=1e-9)
    assert found.point.escalated == pytest.approx(0.31)
    assert not found.sure  # 100 of 100 still leaves an interval below 1
    easier = cascades.choose(doubtful(), target=0.8, cost_ratio=6)
    assert easier.point.threshold < found.point.threshold
    assert easier.held_out is not None
    assert easier.held_out < 1


def test_a_target_out_of_reach_is_said():
    cases = [Case(n / 40, n % 2 == 0, n % 4 != 0, "") for n in range(40)]
    found = cascades.choose(cases, target=0.99, cost_ratio=6)
    assert not found.reached
    assert found.point.agreement < 0.99


def test_scarce_gold_is_refused_and_unasked_cases_do_not_count():
    with pytest.raises(errors.Invalid, match="29 known values; choosing a threshold needs 30"):
        cascades.choose([*doubtful(29), *[Case(0.5, True, None)] * 9], target=0.9, cost_ratio=6)
    with pytest.raises(errors.Invalid):
        cascades.curve([], cost_ratio=-1)


CASE = st.builds(Case, st.floats(0, 1), st.booleans(), st.booleans(), st.just(""))


@given(st.lists(CASE, min_size=1, max_size=40))
def test_a_curve_starts_at_nothing_ends_at_all_and_never_gets_cheaper(cases):
    points = cascades.curve(cases, cost_ratio=3)
    assert (points[0].escalated, points[-1].escalated) == (0.0, 1.0)
    assert points[0].agreement == pytest.approx(sum(case.right for case in cases) / len(cases))
    assert points[-1].agreement == pytest.approx(sum(bool(case.better) for case in cases) / len(cases))
    assert [p.cost for p in points] == sorted(p.cost for p in points)
