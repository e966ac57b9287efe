"""What is read of a judge's reply to a comment, and what RLBFF drops."""

import json

import pytest

from domain.principles import Drop, Met, Said, form, is_general, kept, read_principles
from tests.domain.gbnf import shortest


def reply(*entries: object) -> str:
    return json.dumps({"principles": list(entries)})


ENTRY = {"quote": "no dose", "principle": "Names the dose.", "met": "no"}


def test_entries_are_read_in_order_each_once():
    said = read_principles(reply(ENTRY, {**ENTRY, "principle": "names the dose"}, {**ENTRY, "principle": "Is short."}))
    assert said == [Said("Names the dose.", Met.NO, "no dose"), Said("Is short.", Met.NO, "no dose")]


@pytest.mark.parametrize(
    "entry",
    [
        {"quote": "x", "principle": "y"}, {**ENTRY, "met": "perhaps"}, {**ENTRY, "quote": "…"},
        {**ENTRY, "principle": " "}, {**ENTRY, "met": 1}, [],
    ],
)  # fmt: skip
def test_an_entry_that_lacks_something_is_left_out(entry: object):
    assert len(read_principles(reply(ENTRY, entry, {**ENTRY, "principle": "Is short."})) or []) < 3


def test_no_list_is_no_reply_and_an_empty_list_is_one():
    assert read_principles("I cannot say.") is None
    assert read_principles("<think>" + reply(ENTRY)) is None
    assert read_principles(reply()) == []
    assert read_principles("Sure: " + reply(ENTRY)[:-20] + reply(ENTRY)) == [Said("Names the dose.", Met.NO, "no dose")]


def test_a_reply_that_was_cut_off_keeps_its_whole_entries():
    whole = reply(ENTRY, {**ENTRY, "principle": "Is short."})
    assert [one.text for one in read_principles(whole[:-30]) or []] == ["Names the dose."]


def test_at_most_five():
    many = [{**ENTRY, "principle": f"Names drug {n}."} for n in range(9)]
    assert len(read_principles(reply(*many)) or []) == 5


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("The response is helpful.", True), ("Helpfulness", True), ("Provides a very helpful answer to the user", True),
        ("Is helpful to patients with asthma", False), ("Names the dose", False), ("The answer", False),
    ],
)  # fmt: skip
def test_helpfulness_alone_is_dropped(text: str, general: bool):
    assert is_general(text) is general
    assert kept(Said(text, Met.YES, "q")) is (Drop.GENERAL if general else None)


def test_what_is_met_in_part_is_dropped():
    assert kept(Said("Names the dose.", Met.PARTLY, "q")) is Drop.PARTLY


def test_the_form_lets_an_empty_list_pass_and_its_schema_names_the_keys():
    held = form(700)
    assert json.loads(shortest(held.grammar)) == {"principles": []}
    entry = json.loads(held.schema)["properties"]["principles"]["items"]
    assert (list(entry["properties"]), entry["properties"]["met"]["enum"]) == (
        ["quote", "principle", "met"], ["yes", "no", "partly"],
    )  # fmt: skip
