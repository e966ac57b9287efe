"""JSON replies as models write them: fenced, explained, cut off, said twice."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.verdicts import Entry, read_entries

ONE = '{"criterion": 1, "quotes": ["a"], "reason": "so", "verdict": "Yes"}'
TWO = '{"criterion": 2, "quotes": [], "reason": "no", "verdict": "No"}'
YES, NO = Entry(1, "Yes", ("a",), "so"), Entry(2, "No", (), "no")


def document(*entries):
    return '{"verdicts": [' + ", ".join(entries) + "]}"


@pytest.mark.parametrize(
    "text",
    [
        document(ONE, TWO),
        f"```json\n{document(ONE, TWO)}\n```",
        f"Here is my assessment:\n\n{document(ONE, TWO)}\n\nLet me know!",
        f"[{ONE}, {TWO}]",
        f"<think>{document(TWO)}</think>{document(ONE, TWO)}",
        f"{document(TWO)}\nOn reflection:\n{document(ONE, TWO)}",
        document(ONE, TWO).replace(", {", ",\n  {").replace("[{", "[\n  {"),
        document(ONE, TWO)[:-2] + ",]}",
        document(ONE, TWO)[:-2],
        document(ONE, TWO, '{"criterion": 3, "quotes": ["cut off he'),
        document(ONE, TWO, "{'criterion': 3, 'verdict': 'Yes'}", '{"criterion": 4, "verdict": "Yes"}'),
        document(ONE, TWO, '{"criterion": 3, "criterion": 4, "verdict": "Yes"}'),
        document(ONE, TWO, '{"criterion": "3", "verdict": "Yes"}'),
        document(ONE, TWO, '{"criterion": 3, "verdict": true}', '{"criterion": true, "verdict": "Yes"}'),
        document(ONE, TWO, '{"criterion": 3.0, "verdict": "Yes"}', '{"criterion": 3}'),
    ],
)
def test_the_whole_entries_of_the_last_list_are_read(text):
    assert read_entries(text) == [YES, NO]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes",
        "{}",
        "null",
        '{"verdicts": []}',
        '{"verdicts": "Yes"}',
        f"<think>{document(ONE)}",
        document("7", ONE),
        '{"verdicts": [' + "[" * 5000,
        '{"verdicts": [' + '{"criterion":' * 5000,
        '{"verdicts": [{"criterion": ' + "9" * 6000 + ', "verdict": "Yes"}]}',
        f"{document(ONE)} no, I take that back: " + '{"verdicts": [',
    ],
)
def test_what_is_no_list_of_verdicts_has_no_entries(text):
    assert read_entries(text) == []


def test_entries_said_twice_are_both_there_to_be_refused():
    assert [entry.number for entry in read_entries(document(ONE, ONE))] == [1, 1]


def test_a_list_inside_a_reason_begins_no_answer():
    quoting = json.dumps({"criterion": 1, "reason": 'It says {"verdicts": [{"criterion": 1}]}', "verdict": "No"})
    assert [entry.reply for entry in read_entries(document(quoting))] == ["No"]


def test_quotes_and_reasons_of_other_types_are_left_out():
    (entry,) = read_entries(document('{"criterion": 1, "quotes": ["a", 2], "reason": 3, "verdict": "Yes"}'))
    assert entry == Entry(1, "Yes", ("a",), "")


@given(st.integers(0, len(document(ONE, TWO))))
def test_a_reply_cut_anywhere_gives_only_whole_entries(end):
    text = document(ONE, TWO)[:end]
    assert read_entries(text) == [YES, NO][: text.count("}") if end < len(document(ONE, TWO)) else 2]


@given(st.text(max_size=100))
def test_any_text_can_be_read(text):
    assert read_entries('{"verdicts": [' + text) is not None
