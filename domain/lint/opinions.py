"""What a judge thinks of how a criterion is written: what it is shown, and the remark that its verdict becomes.

The questions are criteria of a rubric of their own; a verdict says how far such a criterion is true of the shown text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from domain import rubric
from domain.lint.findings import Finding, Rule, Severity

PREFIX = "opinion:"
LONGEST_NAME = 60
HALF = 0.5
_SEED = Path(__file__).with_name("good_criteria.json")


def good_criteria() -> dict[str, Any]:
    """The rubric for criteria that a workspace starts with, as a document."""
    found: dict[str, Any] = json.loads(_SEED.read_text(encoding="utf-8"))
    return found


def task(said: rubric.Rubric) -> str:
    """What the judge is told was asked for."""
    about = f" “{said.title}”" if said.title else ""
    return (
        f"Write one criterion for the rubric{about}. A grader who sees the task, one answer and this criterion, "
        "and nothing else, will decide by it."
    )


def shown(criterion: rubric.Criterion) -> str:
    """The criterion as the judge reads it: everything that a grader sees, no weight, no tier, no gate."""
    lines = [criterion.text]
    if criterion.is_pitfall:
        lines.append("Where it is true of an answer it counts against the answer.")
    if isinstance(criterion.applies_when, str):
        lines.append(f"Applies only when: {criterion.applies_when}")
    if isinstance(criterion.levels, tuple):
        lines.append("Levels, worst to best:")
        lines += [
            f"- {level.label}: {level.anchor}" if level.anchor else f"- {level.label}" for level in criterion.levels
        ]
    elif criterion.levels is not None:
        lines.append(f"A number from {criterion.levels.min:g} to {criterion.levels.max:g}.")
    lines += [f"Example: {example.text}" for example in criterion.examples]
    return "\n".join(lines)


def asked(said: rubric.Rubric) -> list[rubric.Criterion]:
    """The criteria that a judge is asked about; computed ones are read by a program, which takes no offence."""
    return [
        criterion for criterion in said.criteria if criterion.kind is not rubric.Kind.CHECK and criterion.text.strip()
    ]


def doubts(question: rubric.Criterion, value: float) -> bool:
    """Whether a verdict speaks against the criterion: a merit that is rather false, a fault that is rather true."""
    return value > HALF if question.is_pitfall else value < HALF


def opinion(question: rubric.Criterion, about: rubric.Criterion, *, judge: str, probability: float | None) -> Finding:
    """The remark that a doubt becomes; `probability` (0 to 1) is how far the question's text is true, by the judge."""
    against = None if probability is None else probability if question.is_pitfall else 1 - probability
    sure = "" if against is None else f", {against:.0%} sure,"
    holds = "it does" if question.is_pitfall else "it does not"
    sentence = f"{judge}{sure} was asked whether this holds, and thinks {holds}: {question.text}"
    # What it is about, and not how sure somebody was: a remark set aside stays so until either text changes.
    seen = "\x1f".join((shown(about), question.text))
    return Finding(_rule(question), sentence, criterion=about.id, about=seen)


def disagreement(about: rubric.Criterion, *, items: int, reason: str) -> Finding:
    """The remark that people could not agree on so many answers; `reason` is what was last said of it."""
    many = "answers" if items > 1 else "answer"
    sentence = f"People could not agree on {items} {many} by this criterion. Last it was said: {reason}"
    return Finding(_DISAGREEMENT, sentence, criterion=about.id, about=f"{shown(about)}\x1f{items}")


_DISAGREEMENT = Rule(
    name=f"{PREFIX}people_differ",
    severity=Severity.ADVICE,
    title="People cannot agree",
    why="Where people who read with care end at different answers, a judge is paid for guessing. Say what counts as "
    "true, give an example of each side, or split the criterion.",
    good="Names the dose in milligrams.",
    bad="Gives enough detail about the medicine.",
    look=lambda _said, _context: (),  # No program looks for it: people said so in review.
)


def _rule(question: rubric.Criterion) -> Rule:
    return Rule(
        name=f"{PREFIX}{question.id}"[:LONGEST_NAME],
        severity=Severity.ADVICE,
        title=question.tags.get("dimension") or "Doubt of the judge",
        why=question.notes or question.text,
        good=_example(question, best=True),
        bad=_example(question, best=False),
        look=lambda _said, _context: (),  # No program looks for an opinion.,
    )


def _example(question: rubric.Criterion, *, best: bool) -> str:
    """The first example that the question calls well written, or badly."""
    for example in question.examples:
        if example.value is not None and doubts(question, example.value) is not best:
            return example.text
    return ""
