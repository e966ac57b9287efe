"""Two edits of the same rubric become one, or say where they cannot."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import errors, rubric
from domain.rubric import merging

BASE: dict[str, Any] = rubric.parse(
    {
        "title": "Letters",
        "guidelines": [{"id": "g_1", "text": "Be strict with every dose."}],
        "groups": [{"id": "a"}, {"id": "b", "parent": "a"}, {"id": "c"}],
        "criteria": [
            {"id": f"c_{n}", "text": f"The letter names item {n} and its dose in plain words.", "group": g}
            for n, g in enumerate(["a", "b", "c", None, "b"])
        ],
    }
).model_dump(mode="json")


def edited(seed: int, steps: int = 6) -> dict[str, Any]:
    """The base after some edits, each of which leaves it valid."""
    rng, out = random.Random(seed), copy.deepcopy(BASE)
    for _ in range(rng.randint(1, steps)):
        before = copy.deepcopy(out)
        EDITS[rng.randrange(len(EDITS))](rng, out)
        try:
            rubric.parse(out)
        except errors.Invalid:
            out = before
    return out


def _word(rng: random.Random, out: dict[str, Any]) -> None:
    if out["criteria"]:
        chosen = rng.choice(out["criteria"])
        words = chosen["text"].split(" ")
        words[rng.randrange(len(words))] = rng.choice(["", "new", "other", "very new"])
        chosen["text"] = " ".join(words)


def _field(rng: random.Random, out: dict[str, Any]) -> None:
    if out["criteria"]:
        key, value = rng.choice(
            [("weight", 2.0), ("weight", 3.0), ("tier", "essential"), ("polarity", "negative"), ("tags", {"x": "y"}),
             ("tags", {"z": "y"}), ("notes", "why"), ("needs", ["reference"])]
        )  # fmt: skip
        rng.choice(out["criteria"])[key] = value


def _kind(rng: random.Random, out: dict[str, Any]) -> None:
    if out["criteria"]:
        levels = [{"label": "no", "value": 0.0, "anchor": ""}, {"label": "yes", "value": 1.0, "anchor": ""}]
        scale = {"min": 0.0, "max": 4.0, "step": 1.0}
        kind = rng.choice([("ordinal", levels, None), ("numeric", scale, None), ("nugget", None, None),
                           ("check", None, {"kind": "words", "min": 5})])  # fmt: skip
        rng.choice(out["criteria"]).update(dict(zip(("kind", "levels", "check"), kind, strict=True)))


def _move(rng: random.Random, out: dict[str, Any]) -> None:
    rng.shuffle(out[rng.choice(["criteria", "groups"])])


def _nest(rng: random.Random, out: dict[str, Any]) -> None:
    names = [None, *(group["id"] for group in out["groups"])]
    if out["groups"]:
        rng.choice(out["groups"])["parent"] = rng.choice(names)
    if out["criteria"]:
        rng.choice(out["criteria"])["group"] = rng.choice(names)


def _delete(rng: random.Random, out: dict[str, Any]) -> None:
    name = rng.choice(["criteria", "guidelines", "groups"])
    if out[name]:
        out[name].pop(rng.randrange(len(out[name])))


def _add(rng: random.Random, out: dict[str, Any]) -> None:
    new = {**copy.deepcopy(BASE["criteria"][3]), "id": f"n_{rng.randrange(8)}", "text": rng.choice(["One.", "Two."])}
    out["criteria"].insert(rng.randint(0, len(out["criteria"])), new)
    out["groups"].append({"id": f"d{rng.randrange(4)}", "title": "", "parent": None, "weight": 1.0})


EDITS = [_word, _field, _kind, _move, _nest, _delete, _add]
STATES = st.integers(0, 10**9).map(edited)


@settings(max_examples=150, deadline=None)
@given(STATES)
def test_one_sided_changes_are_taken_as_they_are(state: dict[str, Any]) -> None:
    for mine, theirs in ((state, state), (state, BASE), (BASE, state)):
        assert merging.merge(BASE, mine, theirs) == merging.Merged(state, ())


@settings(max_examples=300, deadline=None)
@given(STATES, STATES)
def test_a_merge_is_valid_and_its_conflicts_are_the_same_from_both_sides(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    here, there = merging.merge(BASE, one, two), merging.merge(BASE, two, one)
    rubric.parse(here.document)
    rubric.parse(there.document)
    mirrored = [merging.Conflict(c.pointer, c.base, c.theirs, c.mine) for c in there.conflicts]
    assert sorted(here.conflicts, key=str) == sorted(mirrored, key=str)


@settings(max_examples=150, deadline=None)
@given(STATES, STATES)
def test_whatever_nobody_disputes_survives(one: dict[str, Any], two: dict[str, Any]) -> None:
    """A criterion only one side added or changed says what that side says."""
    merged = {c["id"]: c for c in merging.merge(BASE, one, two).document["criteria"]}
    old, mine, theirs = ({c["id"]: c for c in side["criteria"]} for side in (BASE, one, two))
    for name, item in mine.items():
        if item != old.get(name) and theirs.get(name) == old.get(name):
            assert {**merged[name], "group": None} == {**item, "group": None}


@pytest.mark.parametrize(
    ("mine", "theirs", "joined"),
    [
        ("The new drug and its dose.", "The drug and its exact dose.", "The new drug and its exact dose."),
        ("The drug and its doses.", "The drug and its amount.", None),
        ("A drug and its dose.", "A drug and its dose.", "A drug and its dose."),
        ("The drug and its dose. Why.", "Every drug and its dose.", "Every drug and its dose. Why."),
    ],
)  # fmt: skip
def test_words_apart_are_joined_and_words_at_the_same_place_are_not(mine: str, theirs: str, joined: str | None) -> None:
    assert merging.merge_text("The drug and its dose.", mine, theirs) == joined


def test_a_conflict_names_its_field_and_is_settled_by_a_choice() -> None:
    base = BASE["criteria"][0]
    scale = {"kind": "numeric", "levels": {"min": 0.0, "max": 4.0, "step": 1.0}}
    item, conflicts = merging.merge_item(
        "", base, {**base, "weight": 2.0, **scale}, {**base, "weight": 3.0, "kind": "nugget", "tier": "optional"}
    )
    assert [c.field for c in conflicts] == ["kind", "weight"]
    assert (item["tier"], item["weight"], item["kind"]) == ("optional", 3.0, "nugget")
    settled = merging.settle(item, conflicts, {"weight": 2.0, "kind": conflicts[0].mine})
    assert (settled["weight"], settled["kind"], settled["levels"]) == (2.0, "numeric", scale["levels"])
    assert merging.settle(item, conflicts, {}) == item


def test_two_moves_that_make_a_circle_are_a_conflict() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    mine["groups"][0]["parent"] = "c"
    theirs["groups"][2]["parent"] = "a"
    merged = merging.merge(BASE, mine, theirs)
    assert {c.pointer for c in merged.conflicts} == {"groups/a/parent", "groups/c/parent"}
    rubric.parse(merged.document)


def test_a_deleted_criterion_that_the_other_changed_is_kept_and_asked_for() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    gone = mine["criteria"].pop(1)
    theirs["criteria"][1]["weight"] = 9.0
    merged = merging.merge(BASE, mine, theirs)
    assert [c.pointer for c in merged.conflicts] == [f"criteria/{gone['id']}"]
    assert merged.conflicts[0].mine is None
    assert merged.document["criteria"][1]["weight"] == 9.0
