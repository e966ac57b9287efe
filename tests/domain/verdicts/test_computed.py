"""Verdicts of programs."""

import pytest

from domain import checks, errors, verdicts
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


REFERENCE = "\\frac{1}{2}"


def answered(response, reference=REFERENCE, **criterion):
    (made,) = make_rubric({"id": "a", "kind": "answer", **criterion}).criteria
    return verdicts.computed(made, Given(response, reference))


def test_an_answer_is_compared_before_a_judge_is_asked():
    right, wrong = answered("So it is \\boxed{0.5}."), answered("So it is \\boxed{0.6}.")
    assert (right.status, right.value, right.criterion_id) == (Status.OK, 1.0, "a")
    assert "numeric" in right.rationale
    assert (wrong.status, wrong.value) == (Status.OK, 0.0)


@pytest.mark.parametrize(("response", "reference"), [("It is a half.", REFERENCE), ("0.5", None), ("0.5", "")])
def test_a_judge_is_asked_where_comparing_cannot_tell(response, reference):
    assert answered(response, reference) is None


def test_answers_of_a_pair_are_compared_where_both_can_be():
    (criterion,) = make_rubric({"id": "a", "kind": "answer"}).criteria
    right, wrong, words = (Given(text, REFERENCE) for text in ("0.5", "0.6", "It is a half."))
    both = verdicts.computed_pair(criterion, right, wrong)
    assert both is not None
    assert both.value == 1.0
    assert verdicts.computed_pair(criterion, right, words) is None
    assert verdicts.computed_pair(criterion, words, words) is None


@pytest.mark.parametrize("kind", ["binary", "answer"])
def test_a_check_beside_a_text_decides_first_and_else_leaves_it_to_the_judge(kind):
    sums = {"kind": "arithmetic"}
    (made,) = make_rubric({"id": "a", "kind": kind, "check": sums}).criteria
    right, wrong = (verdicts.computed(made, Given(text)) for text in ("2 + 2 = 4", "2 + 2 = 5"))
    assert right and wrong and (right.value, wrong.value) == (1.0, 0.0)
    assert right.detail == {"check": "decided"}
    assert [span.text for span in wrong.evidence] == ["2 + 2 = 5"]
    assert verdicts.computed(made, Given("No sums.")) is None
    judged = verdicts.Verdict("a", Status.OK, value=1.0, detail={"votes": 3})
    asked = verdicts.settled(made, judged, [Given("No sums.")])
    assert asked.detail == {"votes": 3, "check": "abstained"}


def test_without_a_check_nothing_is_said_of_one():
    (made,) = make_rubric({"id": "a"}).criteria
    verdict = verdicts.Verdict("a", Status.OK, value=1.0)
    assert verdicts.settled(made, verdict, [Given("x")]) is verdict


WORDS = "The letter is for a child."


def judged(value, status=Status.OK):
    return verdicts.Verdict("a", status, value=value)


def test_words_on_when_it_applies_are_never_passed_over():
    alone = computed("a b c", kind="check", check=LONG, applies_when=WORDS)
    assert (alone.status, alone.value, alone.reason) == (Status.CANNOT_ASSESS, None, verdicts.UNREAD)
    assert computed("a b c", kind="binary", check=LONG, applies_when=WORDS) is None
    assert answered("0.5", applies_when=WORDS) is None


@pytest.mark.parametrize("said", [0.0, 1.0])
def test_where_a_judge_says_that_it_applies_the_check_decides(said):
    (made,) = make_rubric({"id": "a", "check": LONG, "applies_when": WORDS}).criteria
    long, short = (verdicts.settled(made, judged(said), [Given(text)]) for text in ("a b c", "a"))
    assert (long.value, short.value, long.rationale) == (1.0, 0.0, "3 words.")
    assert long.detail == {"check": "decided", "judge": said}


@pytest.mark.parametrize("status", [Status.NOT_APPLICABLE, Status.UNPARSEABLE])
def test_where_a_judge_does_not_say_that_it_applies_its_verdict_stays(status):
    (made,) = make_rubric({"id": "a", "check": LONG, "applies_when": WORDS}).criteria
    verdict = judged(None, status)
    assert verdicts.settled(made, verdict, [Given("a b c")]) is verdict


def test_where_the_check_cannot_tell_the_judge_decides_both():
    (made,) = make_rubric({"id": "a", "check": {"kind": "arithmetic"}, "applies_when": WORDS}).criteria
    verdict = verdicts.settled(made, judged(0.9), [Given("No sums.")])
    assert (verdict.value, verdict.detail) == (0.9, {"check": "abstained"})
    (same,) = make_rubric({"id": "a", "kind": "answer", "applies_when": WORDS}).criteria
    assert verdicts.settled(same, judged(0.9), [Given("0.5")]) == judged(0.9)
    assert verdicts.settled(same, judged(0.9), [Given("0.5", REFERENCE)]).value == 1.0


def test_on_a_pair_the_check_decides_where_it_can_tell_of_both():
    (made,) = make_rubric({"id": "a", "check": {"kind": "arithmetic"}, "applies_when": WORDS}).criteria
    right, wrong, words = (Given(text) for text in ("1 + 1 = 2", "1 + 1 = 3", "No sums."))
    assert verdicts.computed_pair(made, right, wrong) is None
    assert verdicts.settled(made, judged(0.5), [right, wrong]).value == 1.0
    assert verdicts.settled(made, judged(0.5), [right, words]).value == 0.5


def test_kinds_with_more_than_two_outcomes_have_no_check():
    with pytest.raises(errors.Invalid, match="has more than pass and fail"):
        make_rubric({"id": "a", "kind": "nugget", "check": LONG})
