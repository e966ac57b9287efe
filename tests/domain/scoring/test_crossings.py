"""No two answers change places unseen, whatever gates, trees, pitfalls and missing verdicts do to their curves."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain import rubric, scoring
from domain.scoring import sensitivity
from domain.verdicts import Status
from tests.domain.builders import DEGREES, documents, make_rubric, make_verdict
from tests.domain.scoring.test_table import make_table

MOST = 8.0
FINE = 241
SEEN = 1e-9


@st.composite
def judged(draw):
    """A rubric with at least one criterion, and two to four rows of verdicts; statuses other than a value are rare."""
    made = rubric.parse(draw(documents().filter(lambda document: document["criteria"])))
    rows = []
    for _ in range(draw(st.integers(2, 4))):
        row = {}
        for criterion in made.criteria:
            status = draw(st.sampled_from([Status.OK] * 8 + [Status.NOT_APPLICABLE, Status.CANNOT_ASSESS]))
            row[criterion.id] = make_verdict(criterion.id, draw(DEGREES), status)
        rows.append(row)
    return made, rows


def changes(made, table, name):
    """Pairs with the weights between which a fine grid sees them change places, by what they are worth there."""
    grid = np.linspace(MOST / FINE, MOST, FINE)
    raw = np.column_stack([scoring.scores_of(made, table, weights={name: float(at)}).raw for at in grid])
    found = []
    for one, other in itertools.combinations(range(len(raw)), 2):
        gap = raw[one] - raw[other]
        clear = np.flatnonzero(np.abs(gap) > SEEN)
        turns = np.flatnonzero(gap[clear][:-1] * gap[clear][1:] < 0)
        found += [(one, other, grid[clear[at]], grid[clear[at + 1]]) for at in turns]
    return found


@settings(max_examples=80, deadline=None)
@given(judged(), st.data())
def test_every_change_of_places_on_a_fine_grid_is_found(case, data):
    made, rows = case
    name = data.draw(st.sampled_from([c.id for c in made.criteria]))
    table = make_table(made, rows)
    found = sensitivity.curves(made, table, name, [1] * len(rows), most=MOST).crossings
    for one, other, low, high in changes(made, table, name):
        told = [at for at in found if (at.first, at.second) == (one, other) and low - 1e-9 <= at.weight <= high + 1e-9]
        assert len(told) % 2 == 1, "a change of places is an odd number of crossings"


@settings(max_examples=80, deadline=None)
@given(judged(), st.data())
def test_what_is_told_is_a_meeting_of_two(case, data):
    made, rows = case
    name = data.draw(st.sampled_from([c.id for c in made.criteria]))
    table = make_table(made, rows)
    for at in sensitivity.curves(made, table, name, [1] * len(rows), most=MOST).crossings:
        raw = scoring.scores_of(made, table, weights={name: at.weight}).raw
        room = 1e-9 * max(1.0, abs(at.score))
        assert raw[at.first] == pytest.approx(raw[at.second], abs=room)
        assert raw[at.first] == pytest.approx(at.score, abs=room)


def narrow(first, second, third=1.0):
    """A rubric and two answers, of which one misses a verdict, so that their curves bend apart and meet twice."""
    made = make_rubric(
        {"id": "x", "weight": 1}, {"id": "y", "weight": 1}, {"id": "z", "weight": third}, unscored={"other": "exclude"}
    )
    rows = [{name: make_verdict(name, value) for name, value in row.items()} for row in (first, second)]
    return made, make_table(made, rows)


@given(st.floats(0.5, 7.5), st.floats(1e-3, 0.05))
def test_two_crossings_close_together_are_both_found(middle, apart):
    """One answer lacks y. Its z and the other's y are such that both score the same at `middle` and `apart` later."""
    low, high = middle, middle + apart
    # (x1·w + z1) / (w + 1) and (x2·w + y2 + z2) / (w + 2), equal at two weights: two equations for x2 and y2 + z2
    x1, z1 = 0.9, 0.1

    def score(weight):
        return (x1 * weight + z1) / (weight + 1) * (weight + 2)

    x2 = (score(high) - score(low)) / (high - low)
    rest = score(low) - x2 * low
    assume(0 <= x2 <= 1 and 0 <= rest <= 2)
    made, table = narrow({"x": x1, "z": z1}, {"x": x2, "y": rest / 2, "z": rest / 2})
    found = sensitivity.curves(made, table, "x", [1, 1], most=MOST).crossings
    assert [at.weight for at in found] == pytest.approx([low, high], abs=0.01 * apart)


def test_a_pair_may_change_places_where_both_are_at_their_ceiling():
    """One climbs to the ceiling of a gate before the other leaves it: in between they are equal."""
    made = make_rubric(
        {"id": "w", "weight": 0}, {"id": "a", "weight": 1}, {"id": "g", "weight": 0, "gate": GATE},
        scoring=[{"step": "gate"}, {"step": "weighted"}],
    )  # fmt: skip
    rows = [{"w": 1.0, "a": 0.0, "g": 0.0}, {"w": 0.0, "a": 1.0, "g": 0.0}]
    table = make_table(made, [{name: make_verdict(name, value) for name, value in row.items()} for row in rows])
    found = sensitivity.curves(made, table, "w", [1, 1], most=MOST).crossings
    assert len(found) == 1
    # The first reaches 0.25 at w / (w + 1) = 0.25, the second leaves it at 1 / (w + 1) = 0.25.
    assert found[0].weight == pytest.approx(1 / 3)
    assert found[0].score == pytest.approx(0.25)


GATE = {"when": "below", "value": 0.5, "floor": 0.25, "override": False}


def test_answers_without_scores_or_of_other_prompts_never_cross():
    made = make_rubric({"id": "a", "weight": 1, "tier": "essential"}, {"id": "b", "weight": 1})
    rows = [
        {"a": make_verdict("a", 1.0), "b": make_verdict("b", 0.0)},
        {"a": make_verdict("a", 0.0), "b": make_verdict("b", 0.9)},
        {"a": None, "b": make_verdict("b", 0.5)},
    ]
    table = make_table(made, rows)
    assert [(c.first, c.second) for c in sensitivity.curves(made, table, "a", [1, 1, 1], most=MOST).crossings] == [
        (0, 1)
    ]
    assert not sensitivity.curves(made, table, "a", [1, 2, 1], most=MOST).crossings
    assert math.isnan(sensitivity.curves(made, table, "a", [1, 1, 1], most=MOST).scores[2, 5])
