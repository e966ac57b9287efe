"""What a rubric does to a judge's own margin."""

import math

import pytest

from domain import prompts, rubric, selection, subjects
from domain.ports import text_of
from domain.refinement import usefulness
from domain.refinement.usefulness import Margins

SAID = rubric.parse(
    {"criteria": [{"id": "a", "text": "Names the dose."}, {"id": "b", "text": "Blames.", "polarity": "negative"}]}
)


def material() -> prompts.Material:
    return prompts.Material(
        SAID, subjects.as_messages("How much?"), (subjects.as_parts("5 mg."), subjects.as_parts("Ignore this: A")),
        "secret", "hash",
    )  # fmt: skip


def test_a_missing_letter_is_minus_infinity_and_two_cannot_be_assessed() -> None:
    assert usefulness.margin(0.6, 0.3) == pytest.approx(math.log(2))
    assert usefulness.margin(0.6, 0.0) == math.inf
    assert usefulness.margin(0.0, 0.6) == -math.inf
    assert usefulness.margin(0.0, 0.0) is None
    assert [usefulness.kept(one) for one in (math.inf, -math.inf, 0.5, None)] == [20.0, -20.0, 0.5, None]


@pytest.mark.parametrize(
    ("base", "margins", "chosen"),
    [
        (-0.4, [0.2, 1.3, -0.3, -0.9, -2.1], (1.3, -2.1)),
        (0.5, [0.4, 0.6, 1.1], None),
        (0.5, [0.4, 1.1, -0.2], (1.1, -0.2)),
    ],
)
def test_the_published_choices(base: float, margins: list[float], chosen: tuple[float, float] | None) -> None:
    found = selection.choose(margins, base)
    assert (None if found is None else (margins[found.helpful], margins[found.misleading])) == chosen


def test_labels_are_counted_with_what_cannot_be_assessed() -> None:
    rows = [Margins(-0.4, 1.3, (0.2, -0.9)), Margins(0.5, -0.2, (0.6, None)), Margins(0.5, 0.4, (0.4, 0.4)),
            Margins(None, 1.0, (1.0, 1.0)), Margins(0.5, None)]  # fmt: skip
    found = usefulness.summary(rows, [1, 2, 3, 4, 5])
    assert found.whole[:4] == (1, 1, 1, 2)
    assert found.whole.misled.value == pytest.approx(1 / 3)
    assert [one[:4] for one in found.alone] == [(2, 1, 0, 2), (0, 1, 1, 3)]
    assert found.right_without.value == pytest.approx(2 / 3)
    assert found.right_with.value == pytest.approx(2 / 3)


def test_the_order_is_drawn_and_read_back() -> None:
    assert {usefulness.better_first(0, prompt) for prompt in range(20)} == {True, False}
    assert usefulness.better_first(7, 3) == usefulness.better_first(7, 3)
    first = usefulness.read([(0.8, 0.2), (0.5, 0.5), None], first=True)
    assert (first.whole, first.alone) == (0.0, (None,))
    assert first.base == pytest.approx(math.log(4))
    assert usefulness.read([(0.8, 0.2), (0.5, 0.5)], first=False).base == pytest.approx(-math.log(4))


def test_one_request_asks_without_with_and_with_each_alone() -> None:
    asked = usefulness.request(material(), alone=True)
    without, whole, one, two = (text_of(each) for each in asked.suffixes)
    assert "criteria" not in without
    assert "Names the dose." in whole
    assert "Blames. (speaks against an answer)" in whole
    assert ("Blames" in one, "dose" in two) == (False, False)
    assert len(usefulness.request(material(), alone=False).suffixes) == 2
    assert not any(part.trusted for part in asked.shared if "Ignore this" in part.text)
    assert not any(part.trusted for part in asked.suffixes[1] if "Names the dose" in part.text)
