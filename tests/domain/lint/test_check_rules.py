"""Examples of a criterion are tests of its check."""

from typing import Any

from domain import checks, errors, lint, rubric
from tests.domain.builders import make_rubric

EXAMPLES: list[dict[str, Any]] = [
    {"text": "Take it twice daily.", "value": 1.0},
    {"text": "Yes.", "value": 1.0},
    {"text": "No.", "value": 0.0},
    {"text": "Maybe so, and so on.", "value": 0.5},
    {"text": "Nobody said.", "value": None},
]


def found(**criterion):
    made = make_rubric({"id": "a", "examples": EXAMPLES, **criterion})
    return [one for one in lint.findings(made) if one.rule.name == "example_contradicts_check"]


def test_an_example_that_the_check_decides_otherwise_is_an_error():
    (one,) = found(kind="check", check={"kind": "words", "min": 3})
    assert one.rule.severity is lint.Severity.ERROR
    assert one.sentence == "Example 2 should meet it, but the check says fail: 1 words."
    assert one.criterion == "a"


def test_what_the_check_cannot_tell_contradicts_nothing():
    assert found(kind="check", check={"kind": "arithmetic"}) == []
    assert found() == []


CODE = {"kind": "predicate", "code": "def check(response):\n    return 9**9**9 > 0"}


def remarks(trial, **criterion):
    made = make_rubric({"id": "a", "kind": "check", "check": CODE, "examples": EXAMPLES, **criterion})
    found = lint.findings(made, lint.Context(trial=trial))
    return [(one.rule.name, one.sentence) for one in found if one.rule.name.startswith("example_")]


def test_code_is_never_run_here():
    assert remarks(None) == []


def test_code_is_run_by_whoever_offers_to():
    said = remarks(lambda spec, text: checks.CheckResult(checks.Outcome.FAIL, f"{spec['kind']} on {text}"))
    assert [name for name, _ in said] == ["example_contradicts_check"] * 2
    assert said[0][1] == "Example 1 should meet it, but the check says fail: predicate on Take it twice daily."


def test_examples_that_were_not_tried_are_named():
    names = {text["text"]: n for n, text in enumerate(EXAMPLES, 1)}

    def trial(spec, text):
        return checks.CheckResult(checks.Outcome.PASS, "") if names[text] == 1 else None

    ((name, sentence),) = remarks(trial)
    assert name == "example_not_tried"
    assert sentence.startswith("Examples 2, 3 were not tried: ")
    ((_, alone),) = remarks(trial, examples=EXAMPLES[:2])
    assert alone.startswith("Example 2 was not tried: ")


def unread(**criterion):
    made = make_rubric({"id": "a", "kind": "check", "check": {"kind": "words", "min": 3}, **criterion})
    return made, [one for one in lint.findings(made) if one.rule.name == "condition_without_judge"]


def test_a_condition_in_words_needs_a_judge():
    made, (one,) = unread(applies_when="The letter is for a child.")
    assert one.rule.severity is lint.Severity.ERROR
    assert one.criterion == "a"
    document = rubric.document(made)
    one.fix.edit(document)
    mended = rubric.parse(document)
    assert mended.criteria[0].kind is rubric.Kind.BINARY
    assert mended.criteria[0].check == {"kind": "words", "min": 3}
    assert not [each for each in lint.findings(mended) if each.rule.name == "condition_without_judge"]


def test_a_computed_condition_needs_none():
    assert unread(applies_when={"check": {"kind": "contains", "text": "Dear"}})[1] == []
    assert unread()[1] == []


def test_a_check_that_cannot_be_used_has_no_examples():
    def trial(spec, text):
        raise errors.Invalid("It cannot be used.")

    assert remarks(trial) == []
