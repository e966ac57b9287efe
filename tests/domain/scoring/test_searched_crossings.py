"""Where no closed form is known crossings are searched for: known pipelines, jumps, and pairs close together."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import pipeline, scoring
from domain.scoring import crossings, sensitivity
from tests.domain.builders import make_rubric, make_verdict
from tests.domain.pipeline.builders import rows_of, rubrics
from tests.domain.scoring.test_table import make_table

MOST = 8.0


def found(made, rows, name, prompts=None):
    table = make_table(made, [{key: make_verdict(key, value) for key, value in row.items()} for row in rows])
    return sensitivity.curves(made, table, name, prompts or [0] * len(rows), most=MOST)


def places(curves):
    return [(one.first, one.second, one.weight) for one in curves.crossings]


PARTS = ({"id": "a", "weight": 1}, {"id": "b", "weight": 3}, {"id": "c", "weight": 2, "polarity": "negative"})
ROWS = [{"a": 1.0, "b": 0.1, "c": 0.0}, {"a": 0.2, "b": 0.9, "c": 0.4}, {"a": 0.9, "b": 0.4, "c": 0.1}]


@pytest.mark.parametrize(
    "late",
    [
        [{"step": "shape", "gamma": 2.5}],
        [{"step": "shape", "curve": "knee"}],
        [{"step": "affine", "scale": -3.0, "shift": 2.0}],
        [{"step": "outcome", "alpha": 0.4}],
    ],
)
def test_steps_that_keep_the_order_keep_the_crossings(late):
    plain = found(make_rubric(*PARTS, scoring=[{"step": "weighted"}]), ROWS, "a")
    bent = found(make_rubric(*PARTS, scoring=[{"step": "weighted"}, *late]), ROWS, "a")
    assert plain.complete
    assert not bent.complete
    assert bent.spacing == pytest.approx(MOST / (crossings.SPACED - 1))
    assert len(plain.crossings) == 3
    for (one, two, at), (first, second, weight) in zip(places(plain), places(bent), strict=True):
        assert (one, two) == (first, second)
        assert weight == pytest.approx(at, abs=1e-6)
    assert not any(one.jumps for one in bent.crossings)


def test_values_bent_before_a_sum_are_followed_without_a_search():
    curves = found(make_rubric(*PARTS, scoring=[{"step": "saturate"}, {"step": "weighted"}]), ROWS, "a")
    assert curves.complete
    assert curves.crossings


def test_where_tiers_weigh_no_weight_changes_places():
    made = make_rubric(*PARTS, scoring=[{"step": "tiers"}, {"step": "weighted"}])
    curves = found(made, ROWS, "a")
    assert curves.crossings == ()
    assert np.ptp(curves.scores[:, 1:], axis=1) == pytest.approx([0, 0, 0])


def test_an_interaction_crosses_where_algebra_says():
    pair = {"step": "interaction", "pairs": [{"first": "b", "second": "c", "gain": 0.25}]}
    made = make_rubric({"id": "a"}, {"id": "b"}, {"id": "c"}, scoring=[{"step": "weighted"}, pair])
    curves = found(made, [{"a": 1.0, "b": 0.0, "c": 0.0}, {"a": 0.0, "b": 0.5, "c": 0.8}], "a")
    # w / (w + 2) = 1.3 / (w + 2) + 0.25 · 0.5 · 0.8
    assert [one.weight for one in curves.crossings] == pytest.approx([1.5 / 0.9])


def test_a_jump_past_another_is_told_as_one():
    """A score that falls below the threshold is lifted past one that stays above it."""
    rescue = {"step": "rescue", "criteria": ["r"], "below": 0.5, "lift": 0.4}
    made = make_rubric({"id": "a"}, {"id": "b"}, {"id": "r", "weight": 0}, scoring=[{"step": "weighted"}, rescue])
    rows = [{"a": 0.3, "b": 0.7, "r": 1.0}, {"a": 0.6, "b": 0.6, "r": 0.0}]
    curves = found(made, rows, "a")
    first, second = curves.crossings
    assert not first.jumps
    assert first.weight == pytest.approx(1 / 3)
    assert second.jumps
    assert second.weight == pytest.approx(1.0, abs=1e-6)


def test_a_search_looks_closer_between_its_marks():
    """Both lines bend, and change places twice between two marks."""
    step = MOST / (crossings.SPACED - 1)
    middle, apart = 40.5 * step, 0.3 * step

    def score(weight, rows):
        raw = np.array([(weight - middle) ** 2 - apart**2, 0.0])[list(rows)]
        return raw, raw

    assert [one.weight for one in crossings.searched(score, [0, 0], MOST)] == pytest.approx(
        [middle - apart, middle + apart]
    )
    assert crossings.searched(score, [0, 1], MOST) == []


def test_nothing_is_told_across_weights_without_a_score():
    def score(weight, rows):
        raw = np.array([np.nan if 2 < weight < 3 else weight, 2.5])[list(rows)]
        return raw, raw

    assert crossings.searched(score, [0, 0], MOST) == []


def test_lengths_are_kept_for_single_answers():
    made = make_rubric({"id": "a"}, {"id": "b"}, scoring=[{"step": "weighted"}, {"step": "length_decay"}])
    (unit,) = {unit for step in made.scoring for unit in step.units}
    rows = [{"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 1.0}]
    table = make_table(made, [{key: make_verdict(key, value) for key, value in row.items()} for row in rows])
    sized = scoring.Table(table.values, table.codes, table.degenerate, {unit: np.array([100.0, 100.0])})
    curves = sensitivity.curves(made, sized, "a", [0, 0], most=MOST)
    assert [one.weight for one in curves.crossings] == pytest.approx([1.0])


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_lasting_changes_of_places_are_found_in_any_pipeline(data):
    made = data.draw(rubrics(group=True))
    rows = data.draw(rows_of(made, 3, missing=False))
    name = data.draw(st.sampled_from([c.id for c in made.criteria]))
    table = make_table(made, [{key: make_verdict(key, value) for key, value in row.items()} for row in rows])
    told = sensitivity.curves(made, table, name, [0] * len(rows), most=MOST)
    grid = np.linspace(MOST / 41, MOST, 41)
    raw = np.column_stack(
        [scoring.scores_of(made, table, weights={name: float(at)}, groups=[0] * len(rows)).raw for at in grid]
    )
    assert told.complete == pipeline.keeps_ratio(made.scoring)
    for one, other in itertools.combinations(range(len(rows)), 2):
        gap = raw[one] - raw[other]
        clear = np.flatnonzero(np.abs(gap) > 1e-9)
        for low, high in itertools.pairwise(clear.tolist()):
            between = [
                at for at in told.crossings
                if (at.first, at.second) == (one, other) and grid[low] - 1e-9 <= at.weight <= grid[high] + 1e-9
            ]  # fmt: skip
            if gap[low] * gap[high] < 0:
                assert between
