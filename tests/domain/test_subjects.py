"""Parts, messages and hashes."""

import pytest

from domain import errors, subjects

IMAGE = {"type": "image", "url": "x"}


def test_text_parts_are_joined_and_others_left_to_the_judge():
    parts = [subjects.text_part("a"), IMAGE, subjects.text_part("b")]
    assert subjects.text_of(parts) == "a\nb"
    assert not subjects.is_text_only(parts)
    assert subjects.is_text_only(parts[:1])


def test_a_string_becomes_parts_and_messages():
    assert subjects.as_parts("a") == [{"type": "text", "text": "a"}]
    assert subjects.as_messages("a") == [{"role": "user", "parts": [{"type": "text", "text": "a"}]}]


def test_messages_take_content_or_parts():
    expected = subjects.as_messages([{"role": "user", "content": "a"}])
    assert subjects.as_messages([{"role": "user", "parts": [{"type": "text", "text": "a"}]}]) == expected


@pytest.mark.parametrize("value", [None, 3, [3], [{"text": "a"}], [{"type": "text"}], {"type": "text"}])
def test_other_values_are_no_parts(value):
    with pytest.raises(errors.Invalid):
        subjects.as_parts(value)


@pytest.mark.parametrize(
    "value", [None, [], ["a"], [{"content": "a"}], [{"role": "", "content": "a"}], [{"role": "user"}]]
)
def test_other_values_are_no_messages(value):
    with pytest.raises(errors.Invalid):
        subjects.as_messages(value)


def test_parts_of_other_types_are_kept():
    assert subjects.as_parts([IMAGE]) == [IMAGE]


def test_order_kind_and_content_tell_subjects_apart():
    a, b = subjects.Member("p", "a"), subjects.Member("p", "b")
    hashes = {
        subjects.subject_hash("pair", [a, b]),
        subjects.subject_hash("pair", [b, a]),
        subjects.subject_hash("list", [a, b]),
        subjects.subject_hash("response", [a]),
    }
    assert len(hashes) == 4
    assert subjects.subject_hash("pair", [a, b]) == subjects.subject_hash("pair", [("p", "a"), ("p", "b")])


def test_reference_and_context_are_not_confused():
    assert subjects.context_hash("a", None) != subjects.context_hash(None, "a")
    assert subjects.parts_hash([]).startswith("sha256:")


def test_what_json_cannot_hold_has_no_hash():
    with pytest.raises(errors.Invalid):
        subjects.parts_hash([{"type": "number", "value": float("nan")}])


def test_a_step_makes_another_subject_and_none_changes_nothing():
    members = [("p", "a"), ("p", "b")]
    hashes = {subjects.subject_hash("list", members, step) for step in (None, 0, 1)}
    assert len(hashes) == 3
    assert subjects.subject_hash("list", members, None) == subjects.subject_hash("list", members)
