"""What there is to show a judge: the places of a prompt file, filled for one subject and one criterion."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import string
from collections.abc import Sequence
from typing import Any

from domain import errors, subjects
from domain.ports import Part
from domain.prompts import texts
from domain.rubric import Criterion, Example, Kind, Rubric
from domain.verdicts import labels_for

NAMES = string.ascii_uppercase


@dataclasses.dataclass(frozen=True, slots=True)
class Material:
    """A rubric and what it is put to: the conversation, the answers in the order of the subject, and what lies beside.

    `subject_hash` and the secret give the fences, which all criteria of a subject share.
    """

    rubric: Rubric
    messages: subjects.Messages
    answers: tuple[subjects.Parts, ...]
    fence_secret: str
    subject_hash: str
    reference: str | None = None
    context: str | None = None

    def shared(self) -> dict[str, Sequence[Part]]:
        """The places of a shared part: token, guidelines, rubric, task, reference, context, response or answers.

        `response` is the one answer of a subject of one; `answers` are all of them, named A, B, C in their order.
        """
        token = [Part(fence(self.fence_secret, self.subject_hash))]
        return {
            "token": token,
            "guidelines": _guidelines(self.rubric),
            "rubric": _rubric(self.rubric),
            "task": _task(self.messages),
            "reference": _beside("Reference answer", self.reference, token),
            "context": _beside("Context", self.context, token),
            "response": [Part(self.text(0), trusted=False)] if len(self.answers) == 1 else [],
            "answers": [part for place in range(len(self.answers)) for part in self._named(place, token)],
        }

    def number(self, criterion: Criterion) -> int:
        """The criterion's place in the whole rubric, from 1."""
        return next(n for n, each in enumerate(self.rubric.criteria, start=1) if each.id == criterion.id)

    def text(self, place: int) -> str:
        """The text of one answer; raises Invalid where it holds more than text."""
        return _only_text(self.answers[place], "answer")

    def ordered(self, order: Sequence[int]) -> Material:
        """The same material with the answers in another order."""
        return dataclasses.replace(self, answers=tuple(self.answers[place] for place in order))

    def beside(self, title: str, text: str) -> tuple[Part, ...]:
        """A text of a model or a person between the fences of this subject, under a title."""
        return tuple(_beside(title, text, [Part(fence(self.fence_secret, self.subject_hash))]))

    def _named(self, place: int, token: Sequence[Part]) -> tuple[Part, ...]:
        text = [Part(self.text(place), trusted=False)]
        title = [Part(f"{chr(10) * 2 * bool(place)}Answer {NAMES[place]}")]
        return texts.fill(texts.question("beside"), {"title": title, "token": token, "text": text})


def of_criterion(criterion: Criterion, number: int) -> dict[str, Sequence[Part]]:
    """The places of a suffix: number, criterion, examples, condition, question, scale, unless.

    `question` is that of the criterion's kind; a prompt that asks in its own words ends them with `unless`, which says
    what to reply where the criterion does not apply. `scale` lists the levels of a scale from the most to the least.
    """
    return {
        "number": [Part(str(number))],
        "criterion": [Part(criterion.text, trusted=False)],
        "examples": [part for e in criterion.examples for part in _example(e)],
        "condition": _condition(criterion),
        "question": _question(criterion),
        "scale": _scale(criterion),
        "unless": _unless(criterion),
    }


def fence(secret: str, subject_hash: str) -> str:
    """A mark that nobody without the secret can write, the same for every criterion of a subject."""
    return hmac.new(secret.encode(), subject_hash.encode(), hashlib.sha256).hexdigest()[:12]


def _guidelines(rubric: Rubric) -> list[Part]:
    if not rubric.guidelines:
        return []
    lines = [part for g in rubric.guidelines for part in (Part("\n- "), Part(g.text, trusted=False))]
    return [Part("These guidelines hold for every criterion:"), *lines, Part("\n\n")]


def _rubric(rubric: Rubric) -> list[Part]:
    """All criteria with their numbers; a computed one is no business of the judge, but keeps its number."""
    shown = [(n, c) for n, c in enumerate(rubric.criteria, start=1) if c.kind is not Kind.CHECK]
    return [part for n, c in shown for part in (Part(f"\n{n}. "), Part(c.text, trusted=False))]


def _task(messages: subjects.Messages) -> list[Part]:
    turns = [(m["role"], Part(_only_text(m["parts"], "task"), trusted=False)) for m in messages]
    if len(turns) == 1:
        return [turns[0][1]]
    return [
        part
        for n, (role, text) in enumerate(turns)
        for part in (Part("\n" * bool(n)), Part(f"[{role}] ", trusted=False), text)
    ]


def _beside(title: str, text: str | None, token: Sequence[Part]) -> list[Part]:
    if not text:
        return []
    return [
        *texts.fill(
            texts.question("beside"),
            {"title": [Part(title)], "token": token, "text": [Part(text, trusted=False)]},
        ),
        Part("\n\n"),
    ]


def _only_text(parts: Any, what: str) -> str:
    if not subjects.is_text_only(parts):
        raise errors.Invalid(f"The {what} holds more than text, which this judge cannot read.", code="refused_input")
    return subjects.text_of(parts)


def _example(example: Example) -> list[Part]:
    degree = "" if example.value is None else f" (degree {example.value:.3g} of 1)"
    note = [Part("\nWhy: "), Part(example.note, trusted=False)] if example.note else []
    return [Part(f"\nExample{degree}: "), Part(example.text, trusted=False), *note]


def _condition(criterion: Criterion) -> list[Part]:
    if not isinstance(criterion.applies_when, str):
        return []
    return [Part("\nApplies only when: "), Part(criterion.applies_when, trusted=False)]


def _question(criterion: Criterion) -> list[Part]:
    return [*texts.fill(texts.question(criterion.kind.value), {"levels": _levels(criterion)}), *_unless(criterion)]


def _unless(criterion: Criterion) -> list[Part]:
    conditional = isinstance(criterion.applies_when, str)
    return [Part(" " + texts.question("does_not_apply"))] if conditional else []


def _scale(criterion: Criterion) -> list[Part]:
    if criterion.kind not in (Kind.ORDINAL, Kind.NUMERIC):
        return []
    levels = sorted((-label.value, label.meaning) for label in labels_for(criterion) if label.value is not None)
    listed = [part for _, meaning in levels for part in (Part("\n- "), Part(meaning, trusted=False))]
    return [Part("\nIts levels, from the most to the least:"), *listed]


def _levels(criterion: Criterion) -> list[Part]:
    return [
        part
        for label in labels_for(criterion)
        if label.value is not None
        for part in (Part(f"\n{label.text.strip()} = "), Part(label.meaning, trusted=False))
    ]
