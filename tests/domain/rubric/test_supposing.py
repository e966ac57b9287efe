"""Changes that are only supposed: what is left out, what is refused, what follows from a tier."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, rubric
from tests.domain.builders import documents, make_rubric

MADE = make_rubric(
    {"id": "a", "weight": 2, "tier": "essential", "group": "g"}, {"id": "b", "weight": 3, "polarity": "negative"},
    groups=[{"id": "g", "weight": 2}],
)  # fmt: skip


def supposed(typed, tiers=None):
    said = rubric.read_supposed(json.dumps(typed), MADE)
    return rubric.suppose(MADE, said, tiers=tiers)


@given(documents())
def test_supposing_nothing_changes_nothing(document):
    made = rubric.parse(document)
    assert rubric.suppose(made, rubric.NOTHING) == made
    said = {name: document[name] for name in ("scoring", "unscored")}
    assert rubric.suppose(made, rubric.read_supposed(json.dumps(said), made)) == made


@given(st.sampled_from(["essential", "important", "optional", None]), st.floats(0, 100))
def test_what_is_supposed_is_what_would_be_stored(tier, weight):
    found = supposed({"criteria": {"a": {"tier": tier, "weight": weight}}, "groups": {"g": weight}})
    form = rubric.document(MADE)
    form["criteria"][0] |= {"tier": tier, "weight": weight}
    form["groups"][0]["weight"] = weight
    assert found == rubric.parse(form)


def test_the_unknown_is_left_out_and_counts_nothing():
    said = rubric.read_supposed('{"criteria": {"x": {"weight": 1}}, "groups": {"y": 1}}', MADE)
    assert (said.count, rubric.suppose(MADE, said)) == (0, MADE)
    some = {
        "criteria": {"a": {"weight": 1}},
        "groups": {"g": 1},
        "tiers": {"pitfall": 1},
        "content_gate": {"min_words": 3},
    }
    assert rubric.read_supposed(json.dumps(some), MADE).count == 4


@pytest.mark.parametrize(
    "typed",
    [
        [], {"x": 1}, {"criteria": {"a": {"text": "x"}}}, {"criteria": {"a": {"weight": -1}}}, {"groups": {"g": True}},
        {"criteria": {"a": {"gate": {"when": "below", "value": 2}}}}, {"criteria": {"a": {"tier": "top"}}},
        {"scoring": []}, {"scoring": [{"step": "gate"}]}, {"scoring": [{"step": "tree"}, {"step": "weighted"}]},
        {"tiers": {"top": 1}}, {"tiers": {"pitfall": 1e9}},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(typed):
    with pytest.raises(errors.Invalid) as refused:
        supposed(typed)
    assert refused.value.code == "typed_invalid"


def test_tiers_give_weights_where_the_author_weighs_by_tier():
    tiers = rubric.TIER_WEIGHTS
    assert supposed({"criteria": {"a": {"tier": "optional"}}}).criteria[0].weight == 2
    assert supposed({"criteria": {"a": {"tier": "optional"}}}, tiers).criteria[0].weight == tiers["optional"]
    assert supposed({"criteria": {"b": {"polarity": "positive"}}}, tiers).criteria[1].weight == tiers["optional"]
    assert supposed({"criteria": {"a": {"weight": 5}}}, tiers).criteria[0].weight == 5
    assert [one.weight for one in supposed({"tiers": {"essential": 4}}, tiers).criteria] == [4, tiers["pitfall"]]


def test_gates_and_sum_take_the_place_of_the_stored_ones_and_other_steps_stay():
    stored = [{"step": "saturate", "curve": "cap"}, {"step": "weighted"}, {"step": "clamp"}]
    said = make_rubric(scoring=stored)
    typed = {"scoring": [{"step": "gate"}, {"step": "weighted", "negatives": "reward_absence"}]}
    found = rubric.suppose(said, rubric.read_supposed(json.dumps(typed), said))
    assert [step.step for step in found.scoring] == ["gate", "saturate", "weighted", "clamp"]
    assert found.scoring[2] == rubric.WeightedStep(negatives="reward_absence")
    assert found.scoring[1] == said.scoring[0]
    other = rubric.read_supposed(json.dumps({"scoring": [{"step": "tiers"}, {"step": "weighted"}]}), said)
    assert [step.step for step in rubric.suppose(said, other).scoring] == ["tiers", "weighted"]


def test_a_sum_that_the_settings_do_not_set_keeps_its_parameters():
    said = make_rubric(scoring=[{"step": "answer_dominant", "share": 0.25}])
    typed = {"scoring": [{"step": "gate"}, {"step": "answer_dominant"}]}
    found = rubric.suppose(said, rubric.read_supposed(json.dumps(typed), said))
    assert found.scoring[-1] == said.scoring[0]
