"""Each kind of check passes, fails and refuses wrong parameters."""

import pytest

from domain import checks, errors
from domain.checks import CheckResult, Given, Outcome


def run(response, **spec):
    return checks.evaluate(spec, Given(response))


@pytest.mark.parametrize(
    ("bounds", "passed"),
    [({"min": 3}, True), ({"min": 4}, False), ({"max": 3}, True), ({"max": 2}, False), ({"min": 1, "max": 5}, True)],
)
def test_words_counts_within_bounds(bounds, passed):
    found = run("one two - three", kind="words", **bounds)
    assert found == CheckResult(Outcome.PASS if passed else Outcome.FAIL, "3 words.")


@pytest.mark.parametrize(
    ("spec", "passed"),
    [
        ({"text": "PARIS"}, True),
        ({"text": "lyon"}, False),
        ({"text": "paris", "count": 2}, True),
        ({"text": "paris", "count": 3}, False),
        ({"text": "caf\u00e9"}, True),
    ],
)
def test_contains_counts_places_case_aside(spec, passed):
    found = run("Paris, paris, cafe\u0301", kind="contains", **spec)
    assert (found.result is Outcome.PASS) is passed
    assert found.evidence.startswith("Found")


@pytest.mark.parametrize(
    ("response", "passed"),
    [('{"a": [1]}', True), (" 3 ", True), ("{", False), ("NaN", False), ("", False), ("[" * 99_999, False)],
)
def test_json_valid_parses_the_whole_answer(response, passed):
    found = run(response, kind="json_valid")
    assert (found.result is Outcome.PASS) is passed


@pytest.mark.parametrize(
    ("spec", "pointer"),
    [
        ({}, "/kind"),
        ({"kind": 3}, "/kind"),
        ({"kind": "magic"}, "/kind"),
        ({"kind": "words"}, ""),
        ({"kind": "words", "min": 5, "max": 4}, ""),
        ({"kind": "words", "min": -1}, "/min"),
        ({"kind": "words", "min": True}, "/min"),
        ({"kind": "contains", "text": ""}, "/text"),
        ({"kind": "contains", "text": "a", "count": 0}, "/count"),
        ({"kind": "json_valid", "strict": True}, "/strict"),
    ],
)
def test_wrong_parameters_are_refused(spec, pointer):
    with pytest.raises(errors.Invalid) as caught:
        checks.validate(spec)
    assert caught.value.code == "check_invalid"
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
    assert caught.value.message.startswith("The check cannot be used: ")


def test_every_kind_is_registered_under_its_name():
    assert set(checks.KINDS) == {"words", "contains", "json_valid"}
