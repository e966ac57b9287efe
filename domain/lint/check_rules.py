"""Rules over computed checks: their examples are tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain import checks, errors, rubric
from domain.lint import fixes
from domain.lint.findings import Context, Finding, Rule, Severity

HALF = 0.5


class _Tried(NamedTuple):
    """An example with what should come of it, and what came of it; None where it was not tried."""

    number: int
    example: rubric.Example
    wanted: checks.Outcome
    found: checks.CheckResult | None


def _contradicted(said: rubric.Rubric, context: Context) -> Iterator[Finding]:
    """Examples of which the check says the opposite; where it cannot tell there is nothing to contradict."""
    for criterion in said.criteria:
        for tried in _tried(criterion, context):
            found = tried.found
            if found is None or found.result in (tried.wanted, checks.Outcome.ABSTAIN):
                continue
            wanted = "meet" if tried.wanted is checks.Outcome.PASS else "fail"
            sentence = f"Example {tried.number} should {wanted} it, but the check says {found.result}: {found.evidence}"
            about = f"{tried.number - 1} {tried.example.text} {found.result}"
            yield Finding(CONTRADICTED, sentence, criterion.id, about=about)


def _not_tried(said: rubric.Rubric, context: Context) -> Iterator[Finding]:
    """Criteria of which examples were not tried; without means to run code, those that need it are passed over."""
    if context.trial is None:
        return
    for criterion in said.criteria:
        left = [str(tried.number) for tried in _tried(criterion, context) if tried.found is None]
        if left:
            which = f"Example {left[0]} was" if len(left) == 1 else f"Examples {', '.join(left)} were"
            sentence = f"{which} not tried: the checks of all examples together took too long, or the sandbox was busy."
            yield Finding(NOT_TRIED, sentence, criterion.id, about=" ".join(left))


def _unread(said: rubric.Rubric, _context: Context) -> Iterator[Finding]:
    """Criteria without a judge that apply only under a condition in words."""
    for criterion in said.criteria:
        if criterion.kind is rubric.Kind.CHECK and isinstance(criterion.applies_when, str):
            sentence = (
                "No judge reads “Applies only when” here, so every answer is unscored. Let a check decide when it "
                "applies, remove the condition, or let a judge read it first."
            )
            yield Finding(UNREAD, sentence, criterion.id, fix=fixes.judged(criterion), about=criterion.applies_when)


def _tried(criterion: rubric.Criterion, context: Context) -> Iterator[_Tried]:
    """The examples that a check should decide, each with what it says of them."""
    spec = criterion.check
    if spec is None:
        return
    for number, example in enumerate(criterion.examples, 1):
        if example.value is None or example.value == HALF:
            continue
        wanted = checks.Outcome.PASS if example.value > HALF else checks.Outcome.FAIL
        try:
            yield _Tried(number, example, wanted, (context.trial or _plain)(spec, example.text))
        except errors.Invalid:
            return


def _plain(spec: Mapping[str, Any], text: str) -> checks.CheckResult | None:
    """What a check that runs no code says."""
    rule = checks.validate(spec)
    return rule.decide(checks.Given(text)) if rule.ABOUT.cost is checks.Cost.INSTANT else None


CONTRADICTED = Rule(
    "example_contradicts_check",
    Severity.ERROR,
    "Example that the check decides otherwise",
    why="The example says what the check should do; one of the two is wrong, and every answer is decided by the check.",
    good="A check of at least 3 words with “Take it daily.” as an example that meets it.",
    bad="A check of at least 3 words with “Yes.” as an example that meets it.",
    look=_contradicted,
)
NOT_TRIED = Rule(
    "example_not_tried",
    Severity.WARNING,
    "Example that was not tried",
    why="An example that nobody ran says nothing about the check: it may decide otherwise, or run for ever.",
    good="A function that looks at each word of the answer once.",
    bad="A function with a loop that never ends, and twenty examples of it.",
    look=_not_tried,
)
UNREAD = Rule(
    "condition_without_judge",
    Severity.ERROR,
    "Condition in words that no judge reads",
    why="A check that decides alone never asks a judge, and no program can tell whether words are true of an answer.",
    good="At most 200 words; applies only where a check finds “Dear”.",
    bad="At most 200 words; applies only when “the letter is for a child”.",
    look=_unread,
)

RULES = (CONTRADICTED, NOT_TRIED, UNREAD)
