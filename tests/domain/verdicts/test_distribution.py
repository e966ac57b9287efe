"""Distributions become verdicts, or the reason why there is none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rubric, verdicts
from domain.verdicts import Status
from tests.domain.builders import documents, make_rubric

BINARY, PITFALL, NUGGET, CONDITIONAL = make_rubric(
    "binary",
    {"id": "pitfall", "polarity": "negative"},
    {"id": "nugget", "kind": "nugget"},
    {"id": "conditional", "applies_when": "asked"},
).criteria


def test_the_likeliest_label_counts_and_the_expectation_is_kept():
    verdict = verdicts.read_distribution(BINARY, {" Yes": 0.6, " No": 0.2})
    assert (verdict.status, verdict.value) == (Status.OK, 1.0)
    assert verdict.probability == pytest.approx(0.75)
    assert verdict.label_mass == pytest.approx(0.8)
    assert dict(verdict.distribution) == pytest.approx({" Yes": 0.75, " No": 0.25})
    assert verdict.is_scored


def test_the_expectation_may_count():
    verdict = verdicts.read_distribution(NUGGET, {" A": 0.5, " B": 0.5}, value_from="expectation")
    assert verdict.value == verdict.probability == pytest.approx(0.75)


def test_a_mass_given_by_the_engine_counts():
    assert verdicts.read_distribution(BINARY, {" Yes": 0.9, " No": 0.1}, label_mass=0.4).label_mass == 0.4


def test_a_tie_goes_against_the_answer():
    assert verdicts.read_distribution(BINARY, {" Yes": 0.5, " No": 0.5}).value == 0.0
    assert verdicts.read_distribution(PITFALL, {" Yes": 0.5, " No": 0.5}).value == 1.0


@pytest.mark.parametrize(
    ("probabilities", "more", "said"),
    [
        ({" Yes": math.nan, " No": 0.5}, {}, "not a number"),
        ({" Yes": math.inf, " No": 0.5}, {}, "not a number"),
        ({" Yes": -0.5, " No": 0.9}, {}, "not a number"),
        ({" Yes": 1.5, " No": 0.0}, {}, "not a number"),
        ({" Yes": 0.5, " No": 0.5}, {"label_mass": math.nan}, "not a number"),
        ({" Yes": 0.01, " No": 0.02}, {}, "only 0.030"),
        ({" Yes": 0.5, " No": 0.4}, {"min_label_mass": 0.95}, "only 0.900"),
        ({" Yes": 0.0, " No": 0.0}, {"min_label_mass": 0.0}, "no label any"),
        ({}, {"min_label_mass": 0.0}, "no label any"),
        ({" Yes": 0.5, " Maybe": 0.5}, {}, "' Maybe'"),
    ],
)
def test_what_cannot_be_read_is_not_scored(probabilities, more, said):
    verdict = verdicts.read_distribution(BINARY, probabilities, **more)
    assert (verdict.status, verdict.value, verdict.probability) == (Status.UNPARSEABLE, None, None)
    assert said in verdict.reason
    assert verdict.label_mass is None or math.isfinite(verdict.label_mass)


def test_a_criterion_may_not_apply():
    verdict = verdicts.read_distribution(CONDITIONAL, {" Yes": 0.2, " No": 0.2, " X": 0.6})
    assert (verdict.status, verdict.value) == (Status.NOT_APPLICABLE, None)
    assert verdicts.read_distribution(CONDITIONAL, {" X": 1.0}).status is Status.NOT_APPLICABLE


def test_where_it_applies_the_value_is_that_of_the_other_labels():
    verdict = verdicts.read_distribution(CONDITIONAL, {" Yes": 0.5, " No": 0.1, " X": 0.4})
    assert verdict.value == 1.0
    assert verdict.probability == pytest.approx(5 / 6)


@given(documents(), st.data())
def test_every_verdict_is_on_its_scale(document, data):
    for criterion in rubric.parse(document).criteria:
        if criterion.kind is rubric.Kind.CHECK:
            continue
        labels = verdicts.labels_for(criterion)
        numbers = data.draw(st.lists(st.floats(0, 0.1), min_size=len(labels), max_size=len(labels)))
        probabilities = {label.text: number for label, number in zip(labels, numbers, strict=True)}
        for value_from in ("mode", "expectation"):
            verdict = verdicts.read_distribution(criterion, probabilities, min_label_mass=0, value_from=value_from)
            if verdict.value is not None:
                assert verdict.is_scored
                assert 0 <= verdict.value <= 1
                assert math.fsum(p for _, p in verdict.distribution) == pytest.approx(1)
            else:
                assert verdict.reason
