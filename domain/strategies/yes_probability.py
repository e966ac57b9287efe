"""The probability of Yes, of an answer alone and of an answer against the reference answer."""

from __future__ import annotations

import dataclasses

from domain import prompts
from domain.rubric import Kind
from domain.strategies import yes_no
from domain.strategies.protocol import About, Cost, Findings, Judging, Load, Question, SamePrompts
from domain.verdicts import Verdict


class YesProbability(SamePrompts):
    """Asks whether each criterion is true; the value is the probability of Yes among Yes and No."""

    about = About(
        name="yes_probability",
        title="Probability of Yes",
        does="Asks whether the criterion is true and takes the probability of Yes as the degree, so ties are rare.",
        source="RewardDance (2025)",
        prompts=("judge_yes_no",),
        kinds=frozenset({Kind.BINARY, Kind.ANSWER, Kind.NUGGET}),
    )

    def cost(self, load: Load) -> Cost:
        """One request and one token a criterion."""
        return Cost(1, load.criteria, load.criteria)

    def judge(self, question: Question) -> Judging:
        """Ask for Yes or No after every criterion."""
        name = self.about.prompts[0]
        rendered = prompts.render(name, question.material, question.criteria)
        reads = yield from yes_no.ask(question.criteria, rendered, forms=(yes_no.WIDE, yes_no.NARROW))
        findings = Findings()
        for criterion, read in zip(question.criteria, reads, strict=True):
            if read.reply.failure is not None:
                findings.fail(criterion, read.reply.failure, read.origin)
                continue
            findings.take(_with_both(yes_no.verdict_of(question, criterion, read), read), read.origin)
        return findings


class YesAgainstReference(YesProbability):
    """Asks whether each criterion is more true of the answer than of the reference answer."""

    about = dataclasses.replace(
        YesProbability.about,
        name="yes_against_reference",
        title="Probability of beating the reference",
        does="Asks whether the criterion is more true of the answer than of the prompt's reference answer, "
        "and takes the probability of Yes.",
        prompts=("judge_yes_against",),
        kinds=frozenset({Kind.BINARY, Kind.NUGGET}),
        needs_reference=True,
    )

    def judge(self, question: Question) -> Judging:
        """Ask against the reference; without one there is nothing to ask."""
        if question.material.reference:
            return (yield from super().judge(question))
        findings = Findings()
        for criterion in question.criteria:
            findings.refuse(criterion, "This judge compares with a reference answer, and the prompt has none.")
        return findings


def _with_both(verdict: Verdict, read: yes_no.Read) -> Verdict:
    return dataclasses.replace(verdict, detail={"p_yes": read.yes, "p_no": read.no}) if verdict.is_scored else verdict
