"""What the best rollout of a group still fails."""

import pytest

from domain import rubric as rubrics
from domain.scoring import guidance

CRITERIA = [
    {"id": "light", "text": "Is short.", "weight": 1},
    {"id": "heavy", "text": "Names the drug.", "weight": 5},
    {"id": "pit", "text": "Blames the patient.", "weight": 3, "polarity": "negative"},
    {"id": "free", "text": "Is friendly.", "weight": 0},
]
RUBRIC = rubrics.parse({"format": "rubricstudio/1", "title": "Letters", "criteria": CRITERIA})


def test_of_equal_rewards_the_first_is_the_best():
    assert guidance.best([0.2, None, 0.7, 0.7]) == 2
    assert guidance.best([None, None]) is None


def test_exactly_what_it_fails_is_told_the_heaviest_first():
    found = guidance.failed(RUBRIC, {"light": 0.1, "heavy": 0.4, "pit": 0.8, "free": 0.0})
    assert [(one.criterion.id, one.weight) for one in found] == [("heavy", 5), ("pit", 3), ("light", 1)]
    assert found[1].goodness == pytest.approx(0.2)


def test_a_perfect_answer_needs_no_guidance():
    assert guidance.failed(RUBRIC, {"light": 1.0, "heavy": 0.5, "pit": 0.0, "free": 0.0}) == []


def test_what_was_not_judged_is_not_failed():
    assert guidance.failed(RUBRIC, {"light": None, "heavy": 1.0}) == []


def test_the_limit_and_the_weights_may_be_others():
    found = guidance.failed(RUBRIC, {"light": 0.6, "heavy": 0.9}, {"light": 0.0}, below=0.95)
    assert [one.criterion.id for one in found] == ["heavy"]


def test_the_spread_of_a_group():
    assert guidance.spread([1.0, 0.0, None]) == (2, 0.5, 0.5, False)
    assert guidance.spread([0.3, 0.3]).flat
    assert not guidance.spread([0.3]).flat
    assert guidance.spread([None]) == (0, None, None, False)


def test_the_prompt_for_a_better_answer_names_what_to_mend():
    told = guidance.refining(
        "Write a letter.", "Dear all", [
            {"text": "Names the drug.", "polarity": "positive", "rationale": "No drug is named."},
            {"text": "Blames the patient.", "polarity": "negative", "rationale": ""},
        ],
    )  # fmt: skip
    assert "1. Names the drug. (No drug is named.)" in told
    assert "2. It must not be true that: Blames the patient." in told
    assert told.startswith("Write a letter.")
