"""How much likelier Yes is than No, for any principle."""

from __future__ import annotations

import dataclasses
import math

from domain import prompts, verdicts
from domain.rubric import Criterion, Kind
from domain.strategies import yes_no
from domain.strategies.protocol import About, Cost, Findings, Judging, Load, Question, SamePrompts
from domain.verdicts import Status, Verdict


class LogOdds(SamePrompts):
    """Reads log p(Yes) − log p(No) of the two words exactly as they are offered."""

    about = About(
        name="log_odds",
        title="Log odds of Yes",
        does="Takes log p(Yes) − log p(No) for any principle; where one of the two words has no probability, "
        "the criterion stays unscored.",
        source="RLBFF (2025)",
        prompts=("judge_yes_no",),
        kinds=frozenset({Kind.BINARY, Kind.ANSWER, Kind.NUGGET}),
    )

    def cost(self, load: Load) -> Cost:
        """One request and one token a criterion."""
        return Cost(1, load.criteria, load.criteria)

    def judge(self, question: Question) -> Judging:
        """Ask for Yes or No after every criterion."""
        rendered = prompts.render("judge_yes_no", question.material, question.criteria)
        reads = yield from yes_no.ask(question.criteria, rendered, forms=(yes_no.PLAIN,))
        findings = Findings()
        for criterion, read in zip(question.criteria, reads, strict=True):
            if read.reply.failure is not None:
                findings.fail(criterion, read.reply.failure, read.origin)
                continue
            verdict = yes_no.verdict_of(question, criterion, read)
            findings.take(_with_odds(criterion, verdict, read) if verdict.is_scored else verdict, read.origin)
        return findings


def log_odds(yes: float, no: float) -> float | None:
    """log p(Yes) − log p(No) in nats; None where either has no probability."""
    return math.log(yes) - math.log(no) if yes > 0 and no > 0 else None


def _with_odds(criterion: Criterion, verdict: Verdict, read: yes_no.Read) -> Verdict:
    odds = log_odds(read.yes, read.no)
    if odds is None:
        missing = "No" if read.yes > 0 else "Yes"
        said = f"The judge gave {missing} no probability that can be read, so there are no odds."
        return verdicts.unscored(criterion.id, Status.CANNOT_ASSESS, said, label_mass=verdict.label_mass)
    return dataclasses.replace(verdict, detail={"log_odds": odds})
