"""Each kind of check passes, fails and refuses wrong parameters."""

import time
import typing

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
    assert {"words", "contains", "json_valid"} <= set(checks.KINDS)
    for name, rule in checks.KINDS.items():
        assert rule.ABOUT.name == name
        assert typing.get_args(rule.model_fields["kind"].annotation) == (name,)


CASES = [case for rule in checks.KINDS.values() for case in rule.ABOUT.cases]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.spec['kind']}-{n}" for n, case in enumerate(CASES)])
def test_the_examples_of_each_kind_hold(case, sandbox):
    assert checks.evaluate(case.spec, Given(case.response, case.reference, sandbox=sandbox)).result.value == case.result


@pytest.mark.parametrize("name", checks.KINDS)
def test_each_kind_says_what_a_form_needs(name):
    about = checks.KINDS[name].ABOUT
    assert about.title and about.help and about.limits and about.group
    assert {case.result for case in about.cases} >= {"pass", "fail"}
    for parameter in checks.parameters(checks.KINDS[name]):
        assert parameter.title and parameter.help, f"{name}.{parameter.name} has no help"
        assert bool(parameter.choices) is (parameter.input is checks.Input.CHOICE)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.spec['kind']}-{n}" for n, case in enumerate(CASES)])
@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 1_000_001, "[" * 900_000, '{"a":' * 200_000, "\u0661\u0662 \u202e\u0660" * 60_000, "\\frac{" * 100_000,
        "((((" * 200_000, "\x00\ud800" * 1000, "", "\n" * 500_000, "1" * 900_000, "a " * 400_000, "*-*." * 200_000,
    ],
    ids=["long", "arrays", "objects", "bidi", "latex", "brackets", "surrogates", "empty", "lines", "digits", "words",
         "marks"],
)  # fmt: skip
def test_hostile_answers_end_soon(case, hostile, sandbox):
    start = time.process_time()
    found = checks.evaluate(case.spec, Given(hostile, case.reference, hostile, sandbox))
    assert found.result in Outcome and len(found.evidence) <= 2_000 and len(found.spans) <= 100
    assert time.process_time() - start < 3
