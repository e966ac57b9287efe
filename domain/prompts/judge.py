"""Builds what a judge reads: the shared part with the answer first, one criterion last."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from domain import errors, subjects
from domain.ports import Part
from domain.prompts import texts
from domain.rubric import PROTOCOLS, Criterion, Example, Kind, Rubric
from domain.verdicts import Label, labels_for

__all__ = ["PROTOCOLS", "Rendered", "lead_after", "render"]

ANSWER_LEAD = "Answer:"


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """One shared part, one suffix and one set of labels a criterion, and the prompt's name and digest."""

    shared: tuple[Part, ...]
    suffixes: tuple[tuple[Part, ...], ...]
    labels: tuple[tuple[Label, ...], ...]
    name: str
    version: int
    digest: str


def render(
    rubric: Rubric,
    criteria: Sequence[Criterion],
    *,
    prompt_messages: subjects.Messages,
    response_parts: subjects.Parts,
    reference: str | None = None,
    context: str | None = None,
    protocol: str = "isolated",
    fence_secret: str,
    subject_hash: str,
) -> Rendered:
    """The prompt for some criteria of a rubric on one answer.

    The judge's own turn begins with `Answer:`; its one token follows.
    """
    if protocol not in PROTOCOLS:
        raise errors.Invalid(f"There is no protocol named {protocol!r}.", code="unknown_protocol")
    name = f"judge_{protocol}"
    text = texts.load(name)
    places = {criterion.id: n for n, criterion in enumerate(rubric.criteria, start=1)}
    token = [Part(_token(fence_secret, subject_hash))]
    shared = texts.fill(
        text.sections["shared"],
        {
            "token": token,
            "guidelines": _guidelines(rubric),
            "rubric": _rubric(rubric),
            "task": _task(prompt_messages),
            "reference": _beside("Reference answer", reference, token),
            "context": _beside("Context", context, token),
            "response": [Part(_only_text(response_parts, "answer"), trusted=False)],
        },
    )
    return Rendered(
        shared=shared,
        suffixes=tuple(_suffix(text, c, places[c.id]) for c in criteria),
        labels=tuple(labels_for(c) for c in criteria),
        name=name,
        version=text.version,
        digest=texts.prompt_digest(name),
    )


def lead_after(reasoning: str) -> str:
    """What the judge's turn holds before its one token when it has reasoned first."""
    kept = reasoning.split(ANSWER_LEAD, maxsplit=1)[0].strip()
    return f"{kept}\n{ANSWER_LEAD}" if kept else ANSWER_LEAD


def _token(secret: str, subject_hash: str) -> str:
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


def _suffix(text: texts.Text, criterion: Criterion, number: int) -> tuple[Part, ...]:
    return texts.fill(
        text.sections["suffix"],
        {
            "number": [Part(str(number))],
            "criterion": [Part(criterion.text, trusted=False)],
            "examples": [part for e in criterion.examples for part in _example(e)],
            "condition": _condition(criterion),
            "question": _question(criterion),
        },
    )


def _example(example: Example) -> list[Part]:
    degree = "" if example.value is None else f" (degree {example.value:.3g} of 1)"
    note = [Part("\nWhy: "), Part(example.note, trusted=False)] if example.note else []
    return [Part(f"\nExample{degree}: "), Part(example.text, trusted=False), *note]


def _condition(criterion: Criterion) -> list[Part]:
    if not isinstance(criterion.applies_when, str):
        return []
    return [Part("\nApplies only when: "), Part(criterion.applies_when, trusted=False)]


def _question(criterion: Criterion) -> list[Part]:
    asked = list(texts.fill(texts.question(criterion.kind.value), {"levels": _levels(criterion)}))
    if isinstance(criterion.applies_when, str):
        asked.append(Part(" " + texts.question("does_not_apply")))
    return asked


def _levels(criterion: Criterion) -> list[Part]:
    return [
        part
        for label in labels_for(criterion)
        if label.value is not None
        for part in (Part(f"\n{label.text.strip()} = "), Part(label.meaning, trusted=False))
    ]
