"""Sets that offer right and wrong answers to a prompt: what their readers share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import ImportedDataset, ImportedPreference, ImportedResponse
from domain.formats.models import ImportedPrompt, Note

MOST_ANSWERS = 200
_TEXTS = ("response", "answer", "text", "content")


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its text or parts, who wrote it, by which tags it goes."""

    words: Any
    model: str = ""
    tags: dict[str, str] = dataclasses.field(default_factory=dict)
    meta: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Offered:
    """A prompt with answers that are right and answers that are wrong."""

    prompt: ImportedPrompt
    right: Sequence[Answer]
    wrong: Sequence[Answer]


def assemble(rows: Sequence[Offered], rater: str, notes: Sequence[Note] = ()) -> ImportedDataset:
    """Every right answer stands before every wrong one of its prompt, by the word of the set itself."""
    recorded.once(row.prompt.id for row in rows)
    return ImportedDataset(
        prompts=tuple(row.prompt for row in rows),
        responses=tuple(response for row in rows for response in _responses(row)),
        preferences=tuple(preference for row in rows for preference in _preferences(row, rater)),
        report=(*notes, *_alike(rows)),
    )


def answer_id(prompt_id: str, side: str, place: int) -> str:
    """The id of an answer: of the chosen or the rejected ones, from 1."""
    return f"{prompt_id}/{side}-{place + 1}"


def prompt_of(record: Mapping[str, Any], name: str = "prompt") -> list[dict[str, Any]]:
    """The messages of a prompt, given as text or as turns."""
    given = record.get(name)
    if not isinstance(given, str | list) or not given or (isinstance(given, str) and not given.strip()):
        raise errors.Invalid(f"The record has no `{name}`.")
    return subjects.as_messages(given)


def answers(record: Mapping[str, Any], name: str, models: Sequence[str] = ()) -> list[Answer]:
    """The answers under a name: one or a list, each a text or an object with its text and model."""
    given = record.get(name)
    listed = given if isinstance(given, list) else [given]
    if not listed or len(listed) > MOST_ANSWERS:
        raise errors.Invalid(f"`{name}` must hold 1 to {MOST_ANSWERS} answers.")
    writers = [*models, *[""] * len(listed)]
    return [answer(one, name, model) for one, model in zip(listed, writers, strict=False)]


def answer(given: Any, name: str, model: str = "") -> Answer:
    """One answer; an empty text is an answer too."""
    if isinstance(given, dict):
        words = next((given[key] for key in _TEXTS if key in given), None)
        model = text(given, "model") or model
    else:
        words = given
    if not isinstance(words, str):
        raise errors.Invalid(f"`{name}` must hold the texts of answers.")
    return Answer(words, model[:120])


def text(record: Mapping[str, Any], name: str) -> str:
    """A short text, or none; numbers are written out."""
    value = record.get(name)
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def identity(record: Mapping[str, Any], *names: str) -> str:
    """The first id that a record has."""
    found = next((said for name in names or ("id",) if (said := text(record, name))), "")
    if not found:
        raise errors.Invalid(f"The record has no `{(names or ('id',))[0]}`.")
    return found


def tags(**said: str) -> dict[str, str]:
    """Tags with something in them."""
    return {axis: value for axis, value in said.items() if value}


def _sides(row: Offered) -> Iterator[tuple[str, int, Answer]]:
    for side, given in (("chosen", row.right), ("rejected", row.wrong)):
        for place, one in enumerate(given):
            yield side, place, one


def _responses(row: Offered) -> Iterator[ImportedResponse]:
    for side, place, one in _sides(row):
        yield ImportedResponse(
            answer_id(row.prompt.id, side, place), row.prompt.id, subjects.as_parts(one.words), model=one.model,
            meta=one.meta, tags=one.tags,
        )  # fmt: skip


def _preferences(row: Offered, rater: str) -> Iterator[ImportedPreference]:
    for right in range(len(row.right)):
        for wrong in range(len(row.wrong)):
            yield ImportedPreference(
                row.prompt.id, answer_id(row.prompt.id, "chosen", right), answer_id(row.prompt.id, "rejected", wrong),
                rater=rater,
            )  # fmt: skip


def _alike(rows: Sequence[Offered]) -> Iterator[Note]:
    """Prompts of which a right answer says the same as a wrong one."""
    same = [
        row.prompt.id for row in rows if {str(one.words) for one in row.right} & {str(one.words) for one in row.wrong}
    ]
    if same:
        yield Note(
            "warning",
            "",
            f"{len(same):,} prompts have a right answer that says what a wrong one says, {same[0]} first.",
        )
