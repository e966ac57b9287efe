"""Rules over computed checks: their examples are tests."""

from __future__ import annotations

from collections.abc import Iterator

from domain import checks, errors, rubric
from domain.lint.findings import Finding, Rule, Severity
from domain.lint.shape_rules import rule

HALF = 0.5


@rule(
    "example_contradicts_check",
    Severity.ERROR,
    "Example that the check decides otherwise",
    why="The example says what the check should do; one of the two is wrong, and every answer is decided by the check.",
    good="A check of at least 3 words with “Take it daily.” as an example that meets it.",
    bad="A check of at least 3 words with “Yes.” as an example that meets it.",
)
def example_contradicts_check(own: Rule, said: rubric.Rubric) -> Iterator[Finding]:
    """Examples of which the check says the opposite; where it cannot tell there is nothing to contradict."""
    for criterion in said.criteria:
        for n, example in enumerate(criterion.examples if criterion.check else ()):
            found = _opposite(criterion, example)
            if found:
                wanted = "meet" if (example.value or 0) > HALF else "fail"
                sentence = f"Example {n + 1} should {wanted} it, but the check says {found.result}: {found.evidence}"
                yield Finding(own, sentence, criterion.id, about=f"{n} {example.text} {found.result}")


def _opposite(criterion: rubric.Criterion, example: rubric.Example) -> checks.CheckResult | None:
    """What the check says where it contradicts a decided example."""
    if example.value is None or example.value == HALF or criterion.check is None:
        return None
    try:
        found = checks.evaluate(criterion.check, checks.Given(example.text))
    except errors.Invalid:
        return None
    wanted = checks.Outcome.PASS if example.value > HALF else checks.Outcome.FAIL
    return found if found.result not in (wanted, checks.Outcome.ABSTAIN) else None


RULES = (example_contradicts_check,)
