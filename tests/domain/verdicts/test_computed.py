"""Verdicts of programs."""

import pytest

from domain import checks, verdicts
from domain.checks import CheckResult, Given, Outcome
from domain.verdicts import Status
from tests.domain.builders import make_rubric

LONG = {"kind": "words", "min": 3}


def computed(response, **criterion):
    (made,) = make_rubric({"id": "a", **criterion}).criteria
    return verdicts.computed(made, Given(response))


def test_a_check_passes_or_fails():
    passed, failed = (computed(text, kind="check", check=LONG) for text in ("a b c", "a b"))
    assert (passed.status, passed.value, passed.rationale) == (Status.OK, 1.0, "3 words.")
    assert (failed.status, failed.value) == (Status.OK, 0.0)


def test_a_judge_is_asked_where_there_is_no_check():
    assert computed("a") is None
    assert computed("a b c", applies_when={"check": LONG}) is None
    assert computed("a", applies_when="asked in words") is None


def test_a_condition_that_fails_makes_it_not_applicable():
    verdict = computed("a", applies_when={"check": LONG})
    assert (verdict.status, verdict.value, verdict.reason) == (Status.NOT_APPLICABLE, None, "1 words.")


@pytest.mark.parametrize("criterion", [{"kind": "check", "check": LONG}, {"applies_when": {"check": LONG}}])
def test_an_abstention_is_no_value(monkeypatch, criterion):
    monkeypatch.setattr(checks, "evaluate", lambda spec, given: CheckResult(Outcome.ABSTAIN, "Cannot tell."))
    verdict = computed("a", **criterion)
    assert (verdict.status, verdict.value, verdict.reason) == (Status.CANNOT_ASSESS, None, "Cannot tell.")
