"""Shares of the sum are what criteria really take from it, and what cannot move the score never does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import rubric, scoring
from tests.domain.builders import make_rubric, make_verdict
from tests.domain.pipeline.builders import rows_of, rubrics
from tests.domain.scoring.test_table import make_table

PARTS = (
    {"id": "a", "weight": 2, "group": "g", "tags": {"dimension": "x"}},
    {"id": "b", "weight": 1, "group": "g", "tags": {"dimension": "x"}, "tier": "essential"},
    {"id": "c", "weight": 4, "tags": {"dimension": "y"}, "polarity": "negative"},
    {"id": "d", "weight": 3, "tags": {"dimension": "y"}, "tier": "optional"},
)
GROUPS = [{"id": "g", "title": "G", "weight": 2}]
SUMS = (
    [{"step": "weighted"}],
    [{"step": "weighted", "negatives": "reward_absence"}],
    [{"step": "tiers"}, {"step": "weighted"}],
    [{"step": "tree"}],
    [{"step": "axis"}],
    [{"step": "blended", "rules": ["b"], "confidence": 0.7}],
    [{"step": "blended", "rules": ["b"], "format": ["d"], "format_weight": 0.4, "confidence": 0.7}],
    [{"step": "saturate"}, {"step": "tree"}, {"step": "gate"}],
)


@pytest.mark.parametrize("steps", SUMS)
def test_a_share_is_what_the_sum_loses(steps):
    made = make_rubric(*PARTS, groups=GROUPS, scoring=steps)
    best = {c.id: 0.0 if c.is_pitfall else 1.0 for c in made.criteria}
    rows = [best, *({**best, name: 1.0 - value} for name, value in best.items())]
    table = make_table(made, [{name: make_verdict(name, value) for name, value in row.items()} for row in rows])
    summed = scoring.scores_of(made, table).summed
    lost = summed[0] - summed[1:]
    assert list(rubric.scored_shares(made).values()) == pytest.approx(list(lost / lost.sum()), abs=1e-9)


def test_an_answer_takes_all_that_others_do_not_share():
    made = make_rubric(
        {"id": "a", "kind": "answer"}, {"id": "b", "weight": 3}, {"id": "c"}, scoring=[{"step": "answer_dominant"}]
    )
    assert rubric.scored_shares(made) == pytest.approx({"a": 0.7, "b": 0.225, "c": 0.075})
    assert rubric.decisive(made) == {"a"}
    alone = make_rubric({"id": "a", "kind": "answer"}, scoring=[{"step": "answer_dominant"}])
    assert rubric.scored_shares(alone) == {"a": 1.0}


def test_nothing_is_shared_where_nothing_sums_or_weighs():
    assert rubric.scored_shares(make_rubric({"id": "a", "weight": 0})) == {"a": 0.0}
    assert rubric.reach(make_rubric({"id": "a", "weight": 0})).span is None


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_cannot_move_the_score_never_does(data):
    made = data.draw(rubrics())
    silent = sorted({c.id for c in made.criteria} - rubric.reach(made).moving)
    if not silent:
        return
    name = data.draw(st.sampled_from(silent))
    row = data.draw(rows_of(made, 1, missing=False))[0]
    rows = [{**row, name: value} for value in (0.0, 0.3, 0.5, 1.0)]
    table = make_table(made, [{key: make_verdict(key, value) for key, value in one.items()} for one in rows])
    raw = scoring.scores_of(made, table).raw
    np.testing.assert_allclose(raw, raw[0], atol=1e-9)


def test_of_a_huge_rubric_only_weights_are_asked():
    many = [{"id": f"c_{n}", "weight": 0 if n == 7 else 1} for n in range(1500)]
    made = make_rubric(*many, scoring=[{"step": "weighted"}, {"step": "clamp"}])
    assert "c_7" not in rubric.reach(made).moving
    assert len(rubric.reach(made).moving) == 1499
