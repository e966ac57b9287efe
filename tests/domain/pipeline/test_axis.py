"""The reference axis: known projections, and what the step makes of criteria with dimensions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, rubric, scoring
from domain.pipeline.axis import projected
from tests.domain.builders import make_rubric

ROWS = st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=8).map(np.array)


def tagged(name, dimension, **more):
    return {"id": name, "tags": {"dimension": dimension}, **more}


def made(*criteria, **step):
    return make_rubric(*criteria, scoring=[{"step": "axis", **step}])


def raw_of(said, **values):
    return scoring.score(said, scoring.from_values(said, values)).raw


def test_the_known_projection():
    found = projected(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([1.0, 0.0]))
    assert found.on_axis.tolist() == [3.0, 0.0]
    assert found.residual.tolist() == [4.0, 0.0]
    assert found.cosine[0] == pytest.approx(0.6)
    assert np.isnan(found.cosine[1])
    assert found.share.tolist() == [3.0, 0.0]


@given(ROWS, st.permutations(range(3)))
def test_the_order_of_dimensions_does_not_matter(rows, order):
    reference = np.array([1.0, 2.0, 3.0])
    one, two = projected(rows, reference), projected(rows[:, order], reference[list(order)])
    for first, second in zip(one, two, strict=True):
        assert second == pytest.approx(first, abs=1e-12, nan_ok=True)


def test_what_is_not_known_is_left_out_of_the_axis():
    found = projected(np.array([[0.5, np.nan], [np.nan, np.nan]]), np.array([1.0, 9.0]))
    assert found.share[0] == 0.5
    assert found.residual[0] == 0.0
    assert np.isnan(found.share[1])
    assert np.isnan(found.residual[1])


def test_dimensions_are_means_by_weight_and_a_pitfall_counts_as_its_absence():
    said = made(tagged("a", "x", weight=3), tagged("b", "x", weight=1), tagged("c", "y", polarity="negative"))
    assert raw_of(said, a=1.0, b=0.0, c=1.0) == pytest.approx(0.375)
    assert raw_of(said, a=1.0, b=1.0, c=0.0) == 1.0
    told = scoring.score(said, scoring.from_values(said, {"a": 1.0, "b": 0.0, "c": 0.5})).contributions
    assert told == pytest.approx({"a": 0.375, "b": 0.0, "c": 0.25})


def test_a_lopsided_answer_pays_where_it_is_asked_to():
    criteria = (tagged("a", "x"), tagged("b", "y"))
    reference = [{"dimension": "x", "weight": 1.0}, {"dimension": "y", "weight": 1.0}]
    plain, strict = made(*criteria, reference=reference), made(*criteria, reference=reference, penalty=0.5)
    assert raw_of(plain, a=1.0, b=0.0) == raw_of(plain, a=0.5, b=0.5) == 0.5
    assert raw_of(strict, a=1.0, b=0.0) == pytest.approx(0.5 - 0.5 * np.sqrt(0.5))
    assert raw_of(strict, a=0.5, b=0.5) == pytest.approx(0.5)
    trace = scoring.score(strict, scoring.from_values(strict, {"a": 1.0, "b": 0.25})).trace
    assert scoring.recompute(trace) == raw_of(strict, a=1.0, b=0.25)


def test_only_named_dimensions_count():
    said = made(tagged("a", "x"), tagged("b", "y"), reference=[{"dimension": "y", "weight": 2.0}])
    assert raw_of(said, a=1.0, b=0.25) == 0.25


@pytest.mark.parametrize(("criteria", "reference", "pointer"), [
    (["a"], [], "/scoring/0"),
    ([tagged("a", "x")], [{"dimension": "z", "weight": 1.0}], "/scoring/0/reference/0/dimension"),
    ([tagged("a", "x")], [{"dimension": "x", "weight": 1.0}] * 2, "/scoring/0/reference/1/dimension"),
])  # fmt: skip
def test_an_axis_without_criteria_is_refused(criteria, reference, pointer):
    with pytest.raises(errors.Invalid) as refused:
        made(*criteria, reference=reference)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_what_it_says_of_itself():
    said = made(tagged("a", "x"), penalty=0.5)
    (step,) = said.scoring
    assert "all dimensions alike, less 0.5 times" in step.reading()
    assert step.told({}, None, {}).startswith("No criterion")
    assert "0.5" in step.told({}, 0.5, {})
    layout = rubric.layout_of(said)
    assert step.span(step.span(None, layout), layout) == (-0.5, 1.0)
