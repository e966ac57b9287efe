"""Examples of a criterion are tests of its check."""

from domain import lint
from tests.domain.builders import make_rubric

EXAMPLES = [
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
