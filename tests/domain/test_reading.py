"""Files are read strictly, and refused with the place and the reason."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import errors, reading


def test_a_byte_order_mark_is_no_content():
    assert reading.json_value(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "not JSON"),
        (b'{"a": NaN}', "not a number"),
        (b'{"a": -Infinity}', "not a number"),
        (b'{"a": 1, "a": 2}', "same key twice"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 5000, "not JSON"),
    ],
)
def test_what_is_not_json_is_refused(data, said):
    with pytest.raises(errors.Invalid) as caught:
        reading.json_value(data)
    assert said in caught.value.message


def test_lines_are_split_at_line_feeds_only():
    data = '{"a": "one\u2028two\u0085three"}\r\n\n{"a": "\x0b"}\n'.replace("\x0b", "\\u000b").encode()
    assert reading.records(data) == [{"a": "one\u2028two\u0085three"}, {"a": "\x0b"}]


def test_records_come_from_a_list_an_object_or_lines():
    assert reading.records(b'[{"a": 1}, {"a": 2}]') == [{"a": 1}, {"a": 2}]
    assert reading.records(b'{\n "a": 1\n}') == [{"a": 1}]
    assert reading.records(b'{"a": 1}\n{"a": 2}') == [{"a": 1}, {"a": 2}]
    assert reading.records(b"") == []


def test_a_broken_line_is_named():
    with pytest.raises(errors.Invalid) as caught:
        reading.records(b'{"a": 1}\n{"a": ')
    assert caught.value.problems[0].pointer == "/1"


def test_yaml_words_are_text_unless_json_knows_them():
    data = b"a: No\nb: yes\nc: 2026-11-23\nd: 1:30\ne: true\nf: 1.5\ng: ~\nh:\ni: -3\nj: 007\n"
    expected = {"a": "No", "b": "yes", "c": "2026-11-23", "d": "1:30", "e": True, "f": 1.5, "g": None, "h": None}
    assert reading.yaml_value(data) == expected | {"i": -3, "j": "007"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a: &x [1]\nb: *x", "aliases"),
        (b"a: [", "not YAML"),
        (b"a: 1\na: 2", "same key twice"),
        (b"1: a", "not text"),
        (b"a: !!python/object:os.system x", "not YAML"),
        (b"? [a]\n: 1", "not text"),
        (b"[" * 100_000, "nested too deeply"),
        (b"- " * 5000, "nested too deeply"),
        (b"- a\n" * 600_000, "at most 2 MB"),
    ],
)
def test_what_is_not_plain_yaml_is_refused(data, said):
    with pytest.raises(errors.Invalid) as caught:
        reading.yaml_value(data)
    assert said in caught.value.message


def test_only_so_many_problems_are_listed():
    error = reading.invalid(errors.Problem(f"/{n}", "Bad.") for n in range(500))
    assert len(error.problems) == reading.MAX_PROBLEMS
    assert error.details == {"problems": 500}


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data):
    for read in (reading.json_value, reading.records, reading.yaml_value):
        with contextlib.suppress(errors.Invalid):
            read(data)
