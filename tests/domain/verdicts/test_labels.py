"""Labels cover each kind of criterion, worst and best included."""

import pytest
from hypothesis import given

from domain import errors, rubric, verdicts
from tests.domain.builders import documents, make_rubric


def labels(**criterion):
    (made,) = make_rubric({"id": "a", **criterion}).criteria
    return [(label.text, label.value) for label in verdicts.labels_for(made)]


@pytest.mark.parametrize("kind", ["binary", "answer"])
def test_yes_and_no(kind):
    assert labels(kind=kind) == [(" Yes", 1.0), (" No", 0.0)]


def test_nuggets_are_supported_in_full_in_part_or_not():
    assert labels(kind="nugget") == [(" A", 1.0), (" B", 0.5), (" C", 0.0)]


def test_ordinal_levels_have_letters():
    levels = [{"label": "x", "value": 0.1}, {"label": "y", "value": 0.2}, {"label": "", "value": 1, "anchor": "best"}]
    assert labels(kind="ordinal", levels=levels) == [(" A", 0.1), (" B", 0.2), (" C", 1.0)]
    (made,) = make_rubric({"id": "a", "kind": "ordinal", "levels": levels}).criteria
    assert [label.meaning for label in verdicts.labels_for(made)] == ["x", "y", "best"]


def test_numbers_are_spread_from_worst_to_best():
    scale = {"min": 0, "max": 0.3, "step": 0.1}
    assert labels(kind="numeric", levels=scale) == [(" A", 0.0), (" B", 1 / 3), (" C", 2 / 3), (" D", 1.0)]
    (made,) = make_rubric({"id": "a", "kind": "numeric", "levels": scale}).criteria
    assert [label.meaning for label in verdicts.labels_for(made)] == ["0", "0.1", "0.2", "0.3"]


def test_a_condition_in_words_adds_a_label():
    assert labels(applies_when="the task asks for it")[-1] == (" X", None)
    assert len(labels(applies_when={"check": {"kind": "json_valid"}})) == 2


def test_a_computed_criterion_has_none():
    with pytest.raises(errors.Invalid):
        labels(kind="check", check={"kind": "json_valid"})


@given(documents())
def test_labels_are_distinct_and_valued_from_nought_to_one(document):
    for criterion in rubric.parse(document).criteria:
        if criterion.kind is not rubric.Kind.CHECK:
            found = verdicts.labels_for(criterion)
            assert len({label.text for label in found}) == len(found)
            assert all(label.text.startswith(" ") for label in found)
            values = [label.value for label in found if label.value is not None]
            assert {0.0, 1.0} <= set(values)
