"""How Yes and No are read from one token: their variants of case and space count together."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Generator, Sequence
from typing import Any

from domain import prompts, verdicts
from domain.ports import FailureKind, LabelReply, LabelRequest
from domain.rubric import Criterion, Kind
from domain.strategies.protocol import Ask, Question
from domain.verdicts import DOES_NOT_APPLY, Verdict

YES, NO = " Yes", " No"
WIDE = ((YES, " yes", "Yes", "yes"), (NO, " no", "No", "no"))
NARROW = ((YES, " yes"), (NO, " no"))
"""What is left where a model or server cannot tell words with a space before them from words without."""
PLAIN = ((YES,), (NO,))

Forms = tuple[tuple[str, ...], tuple[str, ...]]


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """One reply, its labels, and in which ask and at which position it came."""

    reply: LabelReply
    origin: tuple[int, int]

    @property
    def yes(self) -> float:
        """The probability of Yes over all tokens, its variants together."""
        return _sum(self.reply, WIDE[0])

    @property
    def no(self) -> float:
        """The probability of No over all tokens, its variants together."""
        return _sum(self.reply, WIDE[1])


def ask(
    criteria: Sequence[Criterion], rendered: prompts.Rendered, purpose: str = "labels", *, forms: Sequence[Forms]
) -> Generator[Ask, Any, list[Read]]:
    """Ask Yes or No after each suffix, one criterion each, in the first of these forms that the engine takes."""
    found: dict[int, Read] = {}
    left = list(range(len(criteria)))
    for number, form in enumerate(forms):
        labels = tuple(_labels(criteria[place], form) for place in left)
        request = LabelRequest(rendered.shared, tuple(rendered.suffixes[place] for place in left), labels)
        batch = yield Ask(request, purpose, rendered.name)
        for at, place in enumerate(left):
            found[place] = Read(batch.replies[at], (number, at))
        left = [place for place in left if _refused(found[place].reply)]
        if not left:
            break
    return [found[place] for place in range(len(criteria))]


def verdict_of(question: Question, criterion: Criterion, read: Read) -> Verdict:
    """The verdict of a reply: its value is the probability of Yes among Yes and No."""
    merged = {YES: read.yes, NO: read.no}
    if isinstance(criterion.applies_when, str):
        merged[DOES_NOT_APPLY.text] = read.reply.probabilities.get(DOES_NOT_APPLY.text, 0.0)
    return verdicts.read_distribution(
        criterion.model_copy(update={"kind": Kind.BINARY, "levels": None}),
        merged,
        label_mass=read.reply.label_mass,
        min_label_mass=float(question.settings.get("min_label_mass", verdicts.MIN_LABEL_MASS)),
        value_from="expectation",
    )


def _labels(criterion: Criterion, form: Forms) -> tuple[str, ...]:
    more = (DOES_NOT_APPLY.text,) if isinstance(criterion.applies_when, str) else ()
    return (*form[0], *form[1], *more)


def _refused(reply: LabelReply) -> bool:
    return reply.failure is not None and reply.failure.kind is FailureKind.REFUSED


def _sum(reply: LabelReply, variants: Sequence[str]) -> float:
    return math.fsum(reply.probabilities.get(variant, 0.0) for variant in variants)
