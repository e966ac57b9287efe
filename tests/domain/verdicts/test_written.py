"""The last answer line of a judge's text, read strictly; texts below the line were written by real models."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import verdicts
from domain.verdicts import DOES_NOT_APPLY, labels_for
from tests.domain.builders import make_rubric

(BINARY, NUGGET, CONDITIONAL) = make_rubric(
    {"id": "a"}, {"id": "n", "kind": "nugget"}, {"id": "x", "applies_when": "A drug is named."}
).criteria
YES, NO = labels_for(BINARY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reason: so.\nAnswer: Yes", YES),
        ("Answer: no.", NO),
        ("**Answer:** YES", YES),
        ("- Answer: **Yes**", YES),
        ("Answer: No, the dose is missing.", NO),
        ("Answer: Yes. It is named.", YES),
        ("Answer: Yes\nAnswer: No", NO),
        ("<think>Answer: No</think>\nAnswer: Yes", YES),
        ("Answer: Yes\n<think>but wait: Answer: No", YES),
        ("so it goes</think>Answer: Yes", YES),
        ("Answer: Yes and no", None),
        ("Answer: No doubt about it", None),
        ("Answer: Yes/No", None),
        ("Answer:", None),
        ("Answer: X", None),
        ("Answer: A", None),
        ("Answer: maybe", None),
        ("Answer: Yes\nAnswer: unsure", None),
        ("Yes", None),
        ("<think>Answer: Yes", None),
        ("", None),
        ("The answer is Yes. It is a city.\nThe answer is No. It is not a country.", None),
        ("Paris is the capital of France.\n<<end 17f4fdee33c8>>\n\nRefinery answer:\nRefinery is a plant.", None),
        ("The answer to the question of whether Paris is the capital of France is yes.", None),
    ],
)
def test_yes_and_no(text, expected):
    assert verdicts.read_answer(BINARY, text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Answer: A", 1.0),
        ("Answer: B.", 0.5),
        ("Answer: (C)", 0.0),
        ("Answer: B = part of it", 0.5),
        ("Answer: A dose is named", None),
        ("Answer: a", None),
        ("Answer: D", None),
        ("Answer: Yes", None),
        ("Answer: AB", None),
    ],
)
def test_letters(text, value):
    label = verdicts.read_answer(NUGGET, text)
    assert (label.value if label else None) == value


def test_not_applicable_only_where_it_is_on_offer():
    assert verdicts.read_answer(CONDITIONAL, "Answer: X") == DOES_NOT_APPLY
    assert verdicts.read_answer(BINARY, "Answer: X") is None


@pytest.mark.parametrize(
    ("rationale", "yes", "no"),
    [
        ("It names a dose, so PASS.", 1, -1),
        ("The dose is wrong: FAIL", -1, 1),
        ("It passes the first part but fails the second.", -1, 1),
        ("That is not true.", -1, 1),
        ("It did not fail", 1, -1),
        ("Is a dose named? Yes.", 1, -1),
        ("Is a dose named? No.", -1, 1),
        ("There is no dose in it.", 0, 0),
        ("Nothing is said.", 0, 0),
        ("", 0, 0),
        ("Yes, at first; in the end no", -1, 1),
    ],
)
def test_whether_a_reason_agrees_with_its_label(rationale, yes, no):
    assert verdicts.consistency(rationale, YES) == yes
    assert verdicts.consistency(rationale, NO) == no


def test_a_scale_cannot_be_contradicted():
    assert verdicts.consistency("This fails.", labels_for(NUGGET)[0]) == 0


def test_what_stands_before_the_answer():
    text = "<think>hm</think>Reason: so.\nMore.\nAnswer: Yes\nReason: late"
    assert verdicts.before_answer(text) == "Reason: so.\nMore."
    assert len(verdicts.before_answer("x" * 9000)) == verdicts.MAX_RATIONALE


@given(st.text(max_size=200))
def test_any_text_gives_a_label_on_offer_or_none(text):
    for criterion in (BINARY, NUGGET, CONDITIONAL):
        label = verdicts.read_answer(criterion, f"{text}\nAnswer:{text}")
        assert label is None or label in labels_for(criterion)
