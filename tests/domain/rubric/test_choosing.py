"""Where two documents differ a person may choose; whatever they choose is what comes out."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, rubric
from tests.domain.rubric.test_merging import BASE, edited


def changed(**by_id: dict[str, Any]) -> dict[str, Any]:
    out = copy.deepcopy(BASE)
    for item in out["criteria"]:
        item.update(by_id.get(item["id"], {}))
    return out


def texts(document: dict[str, Any]) -> list[str]:
    return [item["text"] for item in document["criteria"]]


MINE = changed(c_0={"text": "Mine."}, c_1={"weight": 2.0}, c_2={"notes": "one"})
THEIRS = changed(c_0={"text": "Theirs."}, c_3={"weight": 4.0}, c_2={"notes": "two"})


def test_each_difference_says_who_made_it_and_what_can_be_done() -> None:
    found = {choice.pointer: (choice.outcome, choice.ways) for choice in rubric.choices(BASE, MINE, THEIRS)}
    assert found == {
        "criteria/c_0/text": ("", ("mine", "theirs", "both")),
        "criteria/c_1/weight": ("mine", ("mine", "theirs")),
        "criteria/c_2/notes": ("", ("mine", "theirs", "both")),
        "criteria/c_3/weight": ("theirs", ("mine", "theirs")),
    }


def test_an_open_conflict_stays_open_until_it_is_chosen() -> None:
    merged = rubric.chosen(BASE, MINE, THEIRS, {"criteria/c_0/text": "mine", "criteria/c_9/text": "mine"})
    assert [conflict.pointer for conflict in merged.conflicts] == ["criteria/c_2/notes"]
    assert texts(merged.document)[0] == "Mine."


def test_both_makes_two_criteria_or_one_longer_note() -> None:
    picks = {"criteria/c_0/text": "both", "criteria/c_2/notes": "both", "criteria/c_1/weight": "theirs"}
    merged = rubric.chosen(BASE, MINE, THEIRS, picks)
    assert not merged.conflicts
    assert texts(merged.document)[:2] == ["Mine.", "Theirs."]
    assert [item["id"] for item in merged.document["criteria"]][:2] == ["c_0", "c_0-2"]
    assert merged.document["criteria"][3]["notes"] == "one\n\ntwo"
    assert merged.document["criteria"][2]["weight"] == 1.0
    rubric.parse(merged.document)


def test_words_in_different_places_are_joined_unless_somebody_chooses() -> None:
    said = BASE["criteria"][0]["text"]
    mine, theirs = said.replace("letter", "long letter"), said.replace("plain", "very plain")
    sides = changed(c_0={"text": mine}), changed(c_0={"text": theirs})
    [choice] = rubric.choices(BASE, *sides)
    assert (choice.outcome, choice.ways) == ("joined", ("mine", "theirs", "joined"))
    assert choice.joined == mine.replace("plain", "very plain")
    for way, wanted in (("mine", mine), ("theirs", theirs), ("joined", choice.joined), ("both", choice.joined)):
        assert texts(rubric.chosen(BASE, *sides, {choice.pointer: way}).document)[0] == wanted


def test_what_one_added_or_deleted_can_be_had_or_left() -> None:
    mine, theirs = copy.deepcopy(BASE), copy.deepcopy(BASE)
    del mine["criteria"][1]
    theirs["criteria"].insert(1, {**BASE["criteria"][0], "id": "c_new", "text": "New."})
    found = {choice.pointer: choice.outcome for choice in rubric.choices(BASE, mine, theirs)}
    assert found == {"criteria/c_new": "theirs", "criteria/c_1": "mine"}
    assert [c["id"] for c in rubric.chosen(BASE, mine, theirs, {}).document["criteria"]][:3] == ["c_0", "c_new", "c_2"]
    other = rubric.chosen(BASE, mine, theirs, {"criteria/c_new": "mine", "criteria/c_1": "theirs"})
    assert [c["id"] for c in other.document["criteria"]] == [c["id"] for c in BASE["criteria"]]


def test_kind_levels_and_check_are_one_choice_and_tags_can_be_united() -> None:
    check = {"kind": "check", "check": {"kind": "words", "min": 5}}
    mine, theirs = changed(c_0={"tags": {"a": "x"}, **check}), changed(c_0={"tags": {"a": "y"}, "kind": "nugget"})
    pointers = [choice.pointer for choice in rubric.choices(BASE, mine, theirs)]
    assert sorted(pointers) == ["criteria/c_0/kind", "criteria/c_0/tags"]
    picks = {"criteria/c_0/kind": "mine", "criteria/c_0/tags": "both"}
    merged = rubric.chosen(BASE, mine, theirs, picks).document["criteria"][0]
    assert (merged["kind"], merged["check"], merged["tags"]) == ("check", check["check"], {"a": "x"})


def ordered(*names: str, **by_id: dict[str, Any]) -> dict[str, Any]:
    out = changed(**by_id)
    at = {f"c_{name}": place for place, name in enumerate(names)}
    out["criteria"] = sorted((item for item in out["criteria"] if item["id"] in at), key=lambda item: at[item["id"]])
    return out


def names_of(document: dict[str, Any]) -> str:
    return "".join(item["id"].removeprefix("c_") for item in document["criteria"])


def test_the_order_is_a_choice_where_the_sides_differ_in_it() -> None:
    mine, theirs = ordered("3", "0", "1", "2"), ordered("0", "2", "1", "3", c_1={"weight": 7.0})
    [weight, order] = rubric.choices(BASE, mine, theirs)
    assert weight.pointer == "criteria/c_1/weight"
    assert (order.pointer, order.outcome, order.ways) == ("order/criteria", "theirs", ("mine", "theirs"))
    for picks, wanted in (({}, "0213"), ({"order/criteria": "mine"}, "3012"), ({"order/criteria": "theirs"}, "0213")):
        merged = rubric.chosen(BASE, mine, theirs, picks)
        assert (names_of(merged.document), merged.conflicts) == (wanted, ())
        assert next(item for item in merged.document["criteria"] if item["id"] == "c_1")["weight"] == 7.0


def test_the_side_that_moved_something_leads_unless_somebody_chooses() -> None:
    moved, still = ordered("1", "0", "2", "3"), ordered("0", "1", "2", "3")
    for mine, theirs, leads in ((moved, still, "mine"), (still, moved, "theirs")):
        [order] = rubric.choices(BASE, mine, theirs)
        assert order.outcome == leads
        assert names_of(rubric.chosen(BASE, mine, theirs, {}).document) == "1023"
        other = "theirs" if leads == "mine" else "mine"
        assert names_of(rubric.chosen(BASE, mine, theirs, {"order/criteria": other}).document) == "0123"


def test_what_one_side_has_alone_is_no_matter_of_order() -> None:
    assert [choice.pointer for choice in rubric.choices(BASE, ordered("0", "1", "2"), ordered("0", "1", "2", "3"))] == [
        "criteria/c_3"
    ]


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000), st.data())
def test_whatever_is_chosen_comes_out_and_is_valid_or_refused(one: int, two: int, three: int, data: Any) -> None:
    base = edited(one, 3)
    mine, theirs = edited(two), edited(three)
    found = rubric.choices(base, mine, theirs)
    picks = {choice.pointer: data.draw(st.sampled_from(choice.ways)) for choice in found}
    before = copy.deepcopy((base, mine, theirs))
    merged = rubric.chosen(base, mine, theirs, picks)
    assert (base, mine, theirs) == before
    assert not merged.conflicts
    try:
        rubric.parse(merged.document)
    except errors.Invalid:
        return
    out = {item["id"]: item for item in merged.document["criteria"]}
    for choice in found:
        name, _, key = choice.item.partition("/")
        if name == "criteria" and choice.field not in {"", "group", "kind"} and key in out:
            for way in ("mine", "theirs"):
                if picks[choice.pointer] == way:
                    assert out[key][choice.field] == getattr(choice, way)


@pytest.mark.parametrize("way", ["mine", "theirs"])
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_one_side_everywhere_gives_that_side(way: str, one: int, two: int) -> None:
    mine, theirs = edited(one), edited(two)
    picks = {choice.pointer: way for choice in rubric.choices(BASE, mine, theirs)}
    merged = rubric.chosen(BASE, mine, theirs, picks)
    wanted = mine if way == "mine" else theirs
    for name in ("criteria", "groups", "guidelines"):
        assert merged.document[name] == wanted[name]
