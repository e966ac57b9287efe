"""The rule that the rubric's own truth table holds; it looks at numbers only, in any language."""

from __future__ import annotations

from collections.abc import Iterator

from domain import rubric
from domain.lint.findings import Context, Finding, Rule, Severity
from domain.scoring import truths


def _look(said: rubric.Rubric, context: Context) -> Iterator[Finding]:
    """Rows that the scoring steps break; with one criterion alone in view there is nothing to try."""
    if context.only is not None:
        return
    name = rubric.shortened([{"id": one.id, "text": one.text} for one in said.criteria])
    for found, promised in truths.told(said, name):
        if not found.holds:
            yield Finding(truth_table, f"{promised} {truths.outcome(found, name)}", about=f"{found.row.id} {promised}")


truth_table = Rule(
    "truth_table", Severity.ERROR, "A promise about the score is broken",
    "Somebody wrote down what the score must be, and the steps as they stand give something else.",
    "If the dose is wrong, the score is 0: with a gate on the dose it is.",
    "If the dose is wrong, the score is 0: with weights alone it is 0.8.",
    _look,
)  # fmt: skip
RULES = (truth_table,)
