"""The questions a workspace starts with are well formed, and a doubt becomes a remark that ends with its text."""

from typing import Any

import pytest

from domain import lint, rubric

QUESTION = rubric.Criterion(
    id="one_thing",
    text="It asks for one thing.",
    notes="Halves confuse.",
    tags={"dimension": "More than one thing"},
    examples=(rubric.Example(text="Names a and b.", value=0.0), rubric.Example(text="Names a.", value=1.0)),
)


def criterion(**fields: Any) -> rubric.Criterion:
    return rubric.Criterion.model_validate({"id": "c", "text": "Names the dose.", **fields})


def test_the_questions_of_the_studio_are_a_rubric_without_fault() -> None:
    said = rubric.parse(lint.good_criteria())
    assert {found.rule.name for found in lint.findings(said) if found.rule.severity is lint.Severity.ERROR} == set()
    for question in said.criteria:
        assert question.notes
        assert question.tags["dimension"]
        assert {example.value for example in question.examples} == {0, 1}


def test_the_judge_is_shown_what_a_grader_sees_and_no_weight() -> None:
    levels = [{"label": "bad", "value": 0.0, "anchor": "No dose."}, {"label": "good", "value": 1.0}]
    text = lint.shown(
        criterion(
            kind="ordinal",
            levels=levels,
            weight=731,
            tier="essential",
            polarity="negative",
            applies_when="It is night.",
        )
    )
    assert text == (
        "Names the dose.\nWhere it is true of an answer it counts against the answer.\nApplies only when: It is night."
        "\nLevels, worst to best:\n- bad: No dose.\n- good"
    )
    scale = {"min": 0, "max": 10, "step": 1}
    assert "from 0 to 10" in lint.shown(criterion(kind="numeric", levels=scale))
    assert lint.shown(criterion(examples=[{"text": "5 mg"}])).endswith("Example: 5 mg")


def test_computed_criteria_are_not_asked_about() -> None:
    said = rubric.parse(
        {"criteria": [{"text": "Names it."}, {"text": "Short.", "kind": "check", "check": {"kind": "words", "max": 9}}]}
    )
    assert [one.text for one in lint.asked(said)] == ["Names it."]
    assert "“Letters”" in lint.task(rubric.parse({"title": "Letters"}))


@pytest.mark.parametrize(("value", "polarity", "expected"), [
    (0.0, "positive", True), (0.5, "positive", False), (1.0, "positive", False), (1.0, "negative", True),
    (0.5, "negative", False), (0.0, "negative", False),
])  # fmt: skip
def test_a_doubt_is_a_merit_denied_or_a_fault_affirmed(value: float, polarity: str, expected: bool) -> None:
    assert lint.doubts(criterion(polarity=polarity), value) is expected


def test_an_opinion_says_whose_it_is_how_sure_and_what_would_be_better() -> None:
    found = lint.opinion(QUESTION, criterion(), judge="reader@1", probability=0.12)
    assert found.sentence.startswith("reader@1, 88% sure, was asked")
    assert (found.rule.title, found.rule.why) == ("More than one thing", "Halves confuse.")
    assert (found.rule.good, found.rule.bad) == ("Names a.", "Names a and b.")
    fault = QUESTION.model_copy(update={"polarity": rubric.Polarity.NEGATIVE})
    assert "12% sure" in lint.opinion(fault, criterion(), judge="r", probability=0.12).sentence
    assert "sure" not in lint.opinion(QUESTION, criterion(), judge="r", probability=None).sentence
    bare = rubric.Criterion(id="x" * 80, text="It is plain.")
    rule = lint.opinion(bare, criterion(), judge="r", probability=0.1).rule
    assert (len(rule.name), rule.title, rule.why, rule.good) == (60, "Doubt of the judge", "It is plain.", "")


def test_its_fingerprint_follows_the_texts_and_not_how_sure_it_was() -> None:
    def name(about: rubric.Criterion, question: rubric.Criterion = QUESTION, probability: float = 0.1) -> str:
        return lint.opinion(question, about, judge="r@1", probability=probability).fingerprint

    first = name(criterion())
    assert name(criterion(weight=9), probability=0.4) == first
    assert name(criterion(text="Names the dose in mg.")) != first
    assert name(criterion(), QUESTION.model_copy(update={"text": "Other."})) != first
