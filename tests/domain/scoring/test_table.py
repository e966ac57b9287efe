"""Whole tables are scored as the engine scores each answer."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import errors, rubric, scoring
from domain.scoring import table
from domain.verdicts import Status
from tests.domain.builders import DEGREES, WEIGHTS, documents, make_rubric, make_verdict


def make_table(made, rows, degenerate=()):
    """A table of rows of verdicts or None by criterion id."""
    shape = (len(rows), len(made.criteria))
    values, codes = np.zeros(shape), np.full(shape, table.CANNOT_ASSESS, dtype=np.int8)
    for place, row in enumerate(rows):
        for column, criterion in enumerate(made.criteria):
            verdict = row.get(criterion.id)
            if verdict is not None:
                codes[place, column] = table.CODES[verdict.status]
                values[place, column] = verdict.value if verdict.value is not None else math.nan
    marked = np.array([place in degenerate for place in range(len(rows))], dtype=bool)
    return scoring.Table(values, codes, marked)


@st.composite
def judged(draw):
    """A rubric, rows of verdicts on it, and perhaps other weights."""
    made = rubric.parse(draw(documents()))
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        row = {}
        for criterion in made.criteria:
            status = draw(st.sampled_from([None, Status.OK, Status.OK, Status.OK, *Status]))
            row[criterion.id] = None if status is None else make_verdict(criterion.id, draw(DEGREES), status)
        rows.append(row)
    weights = {c.id: draw(WEIGHTS) for c in made.criteria if draw(st.booleans())}
    return made, rows, weights, draw(st.sets(st.integers(0, 3)))


@settings(max_examples=400)
@given(judged())
def test_every_row_scores_as_the_engine_says(case):
    made, rows, weights, degenerate = case
    found = scoring.scores_of(made, make_table(made, rows, degenerate), weights=weights)
    for place, row in enumerate(rows):
        reason = "The answer is empty." if place in degenerate else None
        one = scoring.score(made, row, weights=weights, content_reason=reason)
        room = 1e-12 * max(1.0, math.fsum(map(abs, one.contributions.values())))
        assert math.isnan(found.raw[place]) is (one.raw is None)
        if one.raw is not None:
            assert found.raw[place] == pytest.approx(one.raw, abs=room)
            assert found.display[place] == pytest.approx(one.display, abs=room)
            summed = next((step["out"] for step in one.trace if step["step"] in ("weighted", "tree")), None)
            assert math.isnan(found.summed[place]) is (summed is None)
            assert summed is None or found.summed[place] == pytest.approx(summed, abs=room)
        assert found.coverage[place] == pytest.approx(one.coverage, abs=1e-12)
        assert bool(found.partial[place]) is any(step["step"] == "unscored" for step in one.trace)


def test_a_missing_essential_verdict_is_never_a_number():
    made = make_rubric({"id": "a", "tier": "essential"}, {"id": "b"})
    rows = [{"a": None, "b": make_verdict("b")}, {"a": make_verdict("a"), "b": None}]
    found = scoring.scores_of(made, make_table(made, rows))
    assert math.isnan(found.raw[0])
    assert (found.raw[1], found.coverage[1], bool(found.partial[1])) == (1.0, 0.5, True)


def test_deep_trees_keep_their_order_whatever_the_order_of_groups():
    made = make_rubric(
        {"id": "a", "group": "leaf"}, {"id": "b", "group": "top"},
        groups=[{"id": "leaf", "parent": "middle"}, {"id": "middle", "parent": "top"}, {"id": "top"}],
        scoring=[{"step": "tree"}],
    )  # fmt: skip
    row = {"a": make_verdict("a", 1.0), "b": make_verdict("b", 0.0)}
    assert scoring.scores_of(made, make_table(made, [row])).raw[0] == scoring.score(made, row).raw == 0.5


def test_wrong_weights_and_shapes_are_refused():
    made = make_rubric("a")
    one = make_table(made, [{"a": make_verdict("a")}])
    with pytest.raises(errors.Invalid):
        scoring.scores_of(made, one, weights={"a": -1})
    with pytest.raises(errors.Invalid):
        scoring.scores_of(made, one, weights={"b": 1})
    with pytest.raises(ValueError, match="columns"):
        scoring.scores_of(make_rubric("a", "b"), one)
    with pytest.raises(ValueError, match="fit together"):
        scoring.Table(np.zeros((1, 2)), np.zeros((1, 1), dtype=np.int8), np.zeros(1, dtype=bool))


def test_a_thousand_answers_take_milliseconds():
    made = make_rubric(*({"id": f"c{n}", "weight": n + 1} for n in range(50)))
    values = np.random.default_rng(1).random((1000, 50))
    whole = scoring.Table(values, np.zeros((1000, 50), dtype=np.int8), np.zeros(1000, dtype=bool))
    begun = time.process_time()
    assert len(scoring.scores_of(made, whole).raw) == 1000
    assert time.process_time() - begun < 0.1
