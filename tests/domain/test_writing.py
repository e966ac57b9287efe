"""The guide says something of use about every part, and follows its own advice."""

import pytest

from domain import lint, rubric, writing


@pytest.mark.parametrize("part", writing.PARTS, ids=lambda part: part.name)
def test_every_part_has_a_good_and_a_bad_example(part: writing.Part) -> None:
    assert all([part.title, part.what, part.good, part.bad, part.why])
    assert part.good != part.bad
    assert len(part.what.split()) <= 60


def test_the_rules_of_the_studio_agree_with_the_examples_of_texts() -> None:
    def remarks(text: str) -> set[str]:
        found = lint.findings(rubric.parse({"criteria": [{"text": text}, {"text": "Blames.", "polarity": "negative"}]}))
        return {one.rule.name for one in found if one.criterion and text in str(one.about or text)}

    part = writing.BY_NAME["text"]
    assert remarks(part.good) == set()
