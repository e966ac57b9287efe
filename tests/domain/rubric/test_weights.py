"""Effective weights and shares."""

import math

import pytest
from hypothesis import given

from domain import rubric
from tests.domain.builders import documents, make_rubric

TREE = [{"id": "top", "weight": 2}, {"id": "low", "weight": 3, "parent": "top"}]


def test_weights_of_groups_multiply():
    made = make_rubric({"id": "a", "weight": 5, "group": "low"}, {"id": "b", "weight": 4}, groups=TREE)
    assert rubric.effective_weights(made) == {"a": 30.0, "b": 4.0}
    assert rubric.effective_weights(made, {"a": 1}) == {"a": 6.0, "b": 4.0}
    assert rubric.shares(made) == pytest.approx({"a": 30 / 34, "b": 4 / 34})


def test_nothing_weighs():
    assert rubric.shares(make_rubric({"id": "a", "weight": 0})) == {"a": 0.0}


@given(documents())
def test_shares_sum_to_one_or_nothing(document):
    total = math.fsum(rubric.shares(rubric.parse(document)).values())
    assert total == pytest.approx(1) or total == 0


def test_points_sum_to_ten_and_pitfalls_keep_their_proportion() -> None:
    said = rubric.parse(
        {"criteria": [{"id": "a", "text": "A", "weight": 3}, {"id": "b", "text": "B", "weight": 1},
                      {"id": "c", "text": "C", "weight": 2, "polarity": "negative"}]}
    )  # fmt: skip
    done = rubric.switched(said, rubric.Mode.POINTS)
    assert done.weights == {"a": 7.5, "b": 2.5, "c": 5}
    assert "2.5" in done.sentence
    assert rubric.switched(said, rubric.Mode.WEIGHT).weights == {"a": 3, "b": 1, "c": 2}
    plain = rubric.parse({**said.model_dump(mode="json"), "scoring": [{"step": "weighted", "normalise": "none"}]})
    assert rubric.scaled_to(plain, 10).weights["a"] == 3
    assert rubric.scaled_to(rubric.parse({}), 10).weights == {}
    tiny = {"criteria": [{"id": "a", "text": "A", "weight": 1e-6}, {"id": "b", "text": "B", "polarity": "negative"}]}
    assert rubric.scaled_to(rubric.parse(tiny), 10).weights["b"] == 1


def test_tiers_come_from_thresholds_and_stay_where_they_are_said() -> None:
    weights = {"a": 4, "b": 3, "c": 1.6, "d": 1.5, "e": 0}
    criteria = [{"id": name, "text": name, "weight": weight} for name, weight in weights.items()]
    criteria[4]["tier"] = "essential"
    pitfall = {"id": "p", "text": "p", "polarity": "negative", "weight": 99}
    done = rubric.switched(rubric.parse({"criteria": [*criteria, pitfall]}), rubric.Mode.TIER)
    assert [str(done.tiers[name]) for name in "abcdep"] == [
        "essential", "essential", "important", "optional", "essential", "None",
    ]  # fmt: skip
    assert [done.weights[name] for name in "abcdep"] == [1.0, 1.0, 0.7, 0.3, 1.0, 0.9]
    assert "2 essential, 1 important, 1 optional" in done.sentence
    assert rubric.tier_weight(None, pitfall=False, tier_weights=rubric.TIER_WEIGHTS) == 0.3
    said = rubric.switched(rubric.parse({"criteria": [criteria[4]]}), rubric.Mode.TIER).sentence
    assert said.startswith("Weights now come")
