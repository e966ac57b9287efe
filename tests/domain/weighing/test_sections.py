"""Sections of a rubric, and what local weights make of its numbers."""

import math

import pytest

from domain import errors, rubric, weighing
from domain.weighing import sections
from tests.domain.builders import make_rubric

GROUPS = [{"id": "g", "title": "Care", "weight": 2}, {"id": "h", "weight": 1}]
PARTS = ({"id": "a", "group": "g", "weight": 3}, {"id": "b", "group": "g", "weight": 1}, {"id": "c", "group": "h"}, "d")
TREE = [{"step": "tree"}]


def test_each_node_is_a_section_of_what_lies_in_it() -> None:
    found = weighing.sections_of(make_rubric(*PARTS, groups=GROUPS))
    assert [(one.id, one.title, one.keys) for one in found] == [
        ("", "", ("groups/g", "groups/h", "criteria/d")),
        ("g", "Care", ("criteria/a", "criteria/b")),
        ("h", "h", ("criteria/c",)),
    ]
    assert [one.is_open for one in found] == [True, True, False]
    assert found[1].present == {"criteria/a": 0.75, "criteria/b": 0.25}


def test_where_nothing_weighs_all_count_alike() -> None:
    (only,) = weighing.sections_of(make_rubric({"id": "a", "weight": 0}, {"id": "b", "weight": 0}))
    assert set(only.present.values()) == {0.5}


LOCAL = {
    "": {"groups/g": 0.5, "groups/h": 0.3, "criteria/d": 0.2},
    "g": {"criteria/a": 0.4, "criteria/b": 0.6},
    "h": {"criteria/c": 1.0},
}


@pytest.mark.parametrize("scoring", [None, TREE])
def test_kept_weights_give_the_shares_that_were_asked_for(scoring: list[dict[str, str]] | None) -> None:
    given = make_rubric(*PARTS, groups=GROUPS, **({"scoring": scoring} if scoring else {}))
    shares = weighing.overall(given, LOCAL)
    assert shares == pytest.approx({"a": 0.2, "b": 0.3, "c": 0.3, "d": 0.2})
    kept = weighing.kept_weights(given, LOCAL)
    if scoring:
        assert kept.groups == pytest.approx({"g": 2.0, "h": 1.2})
        assert kept.criteria == pytest.approx({"a": 1.6, "b": 2.4, "c": 1.0, "d": 0.8})
    else:
        assert kept.groups == {"g": 2.0, "h": 1.0}
        effective = rubric.effective_weights(given, kept.criteria)
        before = math.fsum(rubric.effective_weights(given).values())
        assert math.fsum(effective.values()) == pytest.approx(before)
        assert {name: weight / before for name, weight in effective.items()} == pytest.approx(shares)


def test_sections_that_are_not_asked_about_stay() -> None:
    given = make_rubric(*PARTS, groups=GROUPS, scoring=TREE)
    kept = weighing.kept_weights(given, {"g": {"criteria/a": 0.5, "criteria/b": 0.5}})
    assert kept.criteria == pytest.approx({"a": 2.0, "b": 2.0, "c": 1.0, "d": 1.0})
    assert kept.groups == {"g": 2.0, "h": 1.0}


def test_a_group_of_no_weight_stands_in_the_way() -> None:
    given = make_rubric({"id": "a", "group": "g"}, "b", groups=[{"id": "g", "weight": 0}])
    with pytest.raises(errors.Invalid):
        sections.of_shares(given, {"a": 0.5, "b": 0.5})
    assert sections.of_shares(given, {"a": 0.0, "b": 1.0}) == {"a": 0.0, "b": 1.0}


def test_a_weight_beyond_what_a_document_holds_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        sections.within({"a": 1e12})
