"""The standards matrix."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import rubric, standards
from tests import factories

NUMBERS = st.floats(-100, 100, allow_nan=False)


def tagged() -> rubric.Rubric:
    rows = [
        {"id": "a", "text": "Names the dose.", "weight": 3, "tags": {"dimension": "safety", "scenario": "ward"}},
        {"id": "b", "text": "Is kind.", "weight": 1, "tags": {"dimension": "tone", "scenario": "ward"}},
        {"id": "c", "text": "Warns.", "weight": 4,
         "tags": {"dimension": "safety", "scenario": "home", "discipline": "surgery"}},
        {"id": "d", "text": "Is short.", "weight": 2},
    ]  # fmt: skip
    return rubric.parse(factories.make_document(criteria=rows))


def test_projection_of_three_four_on_the_first_axis() -> None:
    found = standards.project({"x": 3, "y": 4}, {"x": 1, "y": 0})
    assert found is not None
    assert found == pytest.approx((3, 4, 0.6))


def test_vectors_without_length() -> None:
    assert standards.project({"x": 1}, {"x": 0}) is None
    assert standards.project({}, {"x": 2}) == (0.0, 0.0, None)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=5))
def test_parts_add_up_and_order_does_not_matter(pairs: list[tuple[float, float]]) -> None:
    vector = {f"d{n}": one for n, (one, _) in enumerate(pairs)}
    reference = {f"d{n}": one for n, (_, one) in enumerate(pairs)}
    found = standards.project(vector, reference)
    if found is None:
        return
    size = math.hypot(*vector.values())
    assert math.hypot(found.on_axis, found.off_axis) == pytest.approx(size, abs=1e-6)
    for order in itertools.islice(itertools.permutations(vector), 6):
        assert standards.project({name: vector[name] for name in order}, reference) == found


def test_coverage_counts_criteria_and_weight() -> None:
    matrix = standards.coverage([tagged()])
    assert (matrix.rows, matrix.columns) == (("safety", "tone", ""), ("home", "ward", ""))
    ward, bare = matrix.cells[("safety", "ward")], matrix.cells[("", "")]
    assert (ward.criteria, bare.criteria) == (1, 1)
    assert [ward.weight, bare.weight] == pytest.approx([0.3, 0.2])
    assert matrix.empty == [("tone", "home")]
    assert math.fsum(cell.weight for cell in matrix.cells.values()) == pytest.approx(1)


def test_the_third_axis_filters() -> None:
    matrix = standards.coverage([tagged()], third="surgery")
    assert list(matrix.cells) == [("safety", "home")]
    assert standards.coverage([tagged()], rows="scenario", columns="discipline").rows == ("home", "ward", "")


def test_weights_of_dimensions() -> None:
    assert standards.dimension_weights(tagged()) == pytest.approx({"safety": 0.7, "tone": 0.1})
    assert standards.dimension_weights(tagged(), scenario="home") == pytest.approx({"safety": 0.4})


def test_nothing_is_covered_by_nothing() -> None:
    assert standards.coverage([]).cells == {}
