"""A strategy tried without anybody's data: the labels it reads, and a short example with a known better answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain import prompts, subjects
from domain.ports import (
    Failure,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    TextBatch,
    TextRequest,
    Usage,
    text_of,
)
from domain.rubric import Criterion, Kind, Level, Rubric
from domain.strategies import registry
from domain.strategies.protocol import HELD, Batch, Place, Question, Request, filled

MOST_ASKS = 16
Refusal = Callable[[tuple[str, ...]], Failure | None]
"""Why an engine cannot read a set of labels, or None where it can."""
TASK = "What is the capital of France? Answer in one sentence."
GOOD = (
    "Paris is the capital of France. It lies on the river Seine. "
    "About two million people live there, and the Eiffel Tower was built in 1889."
)
BAD = "I like penguins. They drive yellow taxis on the moon."
REFERENCE = "Paris is the capital of France."
_TEXT = "The answer names the capital of France."
_CLAIMS = ("The text says that Paris is the capital of France.", "The text says that penguins drive yellow taxis.")
_LEVELS = tuple(
    Level(label=label, value=place / 4)
    for place, label in enumerate(("not at all", "a little", "half", "well", "fully"))
)
_CRITERIA = {
    Kind.BINARY: Criterion(id="known", text=_TEXT),
    Kind.ANSWER: Criterion(id="known", text="The answer agrees with the reference answer.", kind=Kind.ANSWER),
    Kind.NUGGET: Criterion(id="known", text="Paris is the capital of France.", kind=Kind.NUGGET),
    Kind.ORDINAL: Criterion(id="known", text=_TEXT, kind=Kind.ORDINAL, levels=_LEVELS),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Example:
    """Questions whose verdict is known: the one at `better` must come out higher than the one at `worse`.

    Both name a question by its number and the place of the verdict in its findings.
    """

    questions: tuple[Question, ...]
    better: tuple[int, Place]
    worse: tuple[int, Place]


def example(name: str, protocol: str, settings: Mapping[str, Any]) -> Example:
    """A short example for a strategy, of the kind of subject and criterion that it reads."""
    about = registry.get(name).about
    settings = filled(about, settings)
    criterion = next(_CRITERIA[kind] for kind in _CRITERIA if kind in about.kinds)

    def ask(*answers: str) -> Question:
        return _question((criterion,), answers, protocol, settings)

    first, second = Place("known", 0), Place("known", 1)
    if about.subject == "pair":
        return Example((ask(GOOD, BAD), ask(BAD, GOOD)), (0, first), (1, first))
    if about.subject == "list":
        return Example((ask(GOOD, BAD),), (0, first), (0, second))
    if criterion.kind is Kind.BINARY and not about.needs_reference:
        true, false = (Criterion(id=name, text=text) for name, text in zip(("true", "false"), _CLAIMS, strict=True))
        asked = _question((true, false), (GOOD,), protocol, settings)
        return Example((asked,), (0, Place("true")), (0, Place("false")))
    return Example((ask(GOOD), ask(BAD)), (0, first), (1, first))


def labels_of(
    name: str, protocol: str, settings: Mapping[str, Any], refusal: Refusal | None = None
) -> tuple[tuple[str, ...], ...]:
    """Every set of labels that a judge may have to read, found by walking through its steps; none if it reads text.

    Where an engine refuses a set and the strategy then asks the same with another one, only the last one counts.
    """
    found: dict[str, tuple[str, ...]] = {}
    for request in _requests(name, protocol, settings, refusal):
        if isinstance(request, LabelRequest):
            found |= dict(zip(map(text_of, request.suffixes), request.labels, strict=True))
    return tuple(dict.fromkeys(found.values()))


def has_form(name: str, protocol: str) -> bool:
    """Whether a judge has its model write in a form that an engine could hold it to; judges of other tools never do."""
    asked = _requests(name, protocol, {HELD: True}, None) if name in registry.NAMES else iter(())
    return any(isinstance(request, TextRequest) and request.forms for request in asked)


def _requests(name: str, protocol: str, settings: Mapping[str, Any], refusal: Refusal | None) -> Iterator[Request]:
    """What a judge asks about criteria of every kind that it reads, some of them with a condition."""
    about = registry.get(name).about
    settings = filled(about, settings)
    criteria = [
        criterion.model_copy(update={"id": f"{kind.value}-{n}", "applies_when": condition})
        for kind, criterion in _CRITERIA.items()
        if kind in about.kinds
        for n, condition in enumerate((None, "Only where a capital is asked for."))
    ]
    answers = {"pair": (GOOD, BAD), "list": (GOOD, BAD)}.get(about.subject, (GOOD,))
    steps = registry.get(name).judge(_question(tuple(criteria), answers, protocol, settings))
    batch: Batch | None = None
    for _ in range(MOST_ASKS):
        try:
            request = steps.send(batch).request
        except StopIteration:
            break
        yield request
        batch = _played(request, refusal)
    steps.close()


def _question(
    criteria: tuple[Criterion, ...], answers: tuple[str, ...], protocol: str, settings: Mapping[str, Any]
) -> Question:
    material = prompts.Material(
        rubric=Rubric(criteria=criteria),
        messages=subjects.as_messages(TASK),
        answers=tuple(tuple(subjects.as_parts(answer)) for answer in answers),
        fence_secret="rehearsal",  # noqa: S106 - a mark, no secret
        subject_hash=subjects.subject_hash("response", [("rehearsal", answer) for answer in answers]),
        reference=REFERENCE,
    )
    return Question(material, criteria, protocol, dict(settings))


def _played(request: Request, refusal: Refusal | None) -> Batch:
    """A reply that lets the steps go on: even probabilities where the labels are not refused, a plain remark."""
    count = len(request.suffixes)
    if isinstance(request, LabelRequest):
        even = tuple(
            LabelReply.failed(refused)
            if refusal and (refused := refusal(labels))
            else LabelReply(dict.fromkeys(labels, 1 / len(labels)), 1.0)
            for labels in request.labels
        )
        return LabelBatch(even, Usage(), "", ("",) * count, "")
    if isinstance(request, LikelihoodRequest):
        return LikelihoodBatch((LikelihoodReply((-1.0,)),) * count, Usage(), "", ("",) * count, "")
    return TextBatch(("The capital is named.",) * count, (None,) * count, Usage())
