"""Pairs, and the status of answers, over columns: what is said of each alone."""

import numpy as np
import pytest
from hypothesis import given

from domain import scoring
from domain.scoring import statuses
from tests.domain.builders import make_rubric, make_verdict
from tests.domain.scoring.test_table import judged, make_table

HARD = {"id": "a", "weight": 2.0, "role": "hard_rule"}


@given(judged())
def test_every_pair_scores_as_it_does_alone(case):
    made, rows, weights, _ = case
    table = make_table(made, rows)
    for hard in (False, True):
        found = scoring.scores_of_pairs(made, table, [""] * len(rows), weights=weights, hard_rules_first=hard)
        told = statuses.statuses(made, table, found.raw, found.missing)
        for place, row in enumerate(rows):
            alone = scoring.score_pair(made, row, weights=weights, hard_rules_first=hard)
            assert told[place] == alone.status
            assert found.coverage[place] == pytest.approx(alone.coverage)
            raw = None if np.isnan(found.raw[place]) else float(found.raw[place])
            assert raw == alone.raw


@given(judged())
def test_every_answer_has_the_status_that_it_has_alone(case):
    made, rows, weights, degenerate = case
    table = make_table(made, rows, degenerate)
    found = scoring.scores_of(made, table, weights=weights)
    told = statuses.statuses(made, table, found.raw, found.missing)
    for place, row in enumerate(rows):
        reason = "The answer is empty." if place in degenerate else None
        assert told[place] == scoring.score(made, row, weights=weights, content_reason=reason).status


def test_what_the_content_gate_decided_stays():
    made = make_rubric(HARD, "b")
    table = make_table(made, [{}, {}, {"a": make_verdict("a"), "b": make_verdict("b", 0.0)}], {0, 1})
    reasons = ["Answer A: The answer is empty.", "Both answers: The answer is empty.", ""]
    found = scoring.scores_of_pairs(made, table, reasons)
    assert found.raw.tolist() == [0.0, 0.5, pytest.approx(0.5 + (2 - 1) / 6)]
    assert found.coverage.tolist() == [1.0, 1.0, 1.0]
    first = scoring.scores_of_pairs(made, table, reasons, hard_rules_first=True)
    assert first.raw[2] == 1.0


def test_no_criteria_leave_no_score():
    made = make_rubric()
    found = scoring.scores_of_pairs(made, make_table(made, [{}]), [""])
    assert np.isnan(found.raw).all()
    assert statuses.statuses(made, make_table(made, [{}]), found.raw, found.missing) == ["cannot_assess"]
