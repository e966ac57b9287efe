"""What comes out of a file and what goes into one."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from typing import Any, Literal, NamedTuple

from domain.rubric import Rubric

Level = Literal["info", "warning", "error"]


class Note(NamedTuple):
    """Something to know about an import or an export."""

    level: Level
    pointer: str
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedPrompt:
    """A prompt that came with a rubric or a data set; `rubric` is the slug of the rubric it is bound to."""

    id: str
    messages: list[dict[str, Any]]
    reference: str | None = None
    context: str | None = None
    language: str = ""
    tags: dict[str, str] = dataclasses.field(default_factory=dict)
    rubric: str | None = None
    meta: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedRubric:
    """A rubric with the name it asks for and the prompt it belongs to."""

    rubric: Rubric
    slug: str
    prompt: ImportedPrompt | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Imported:
    """All that a file of rubrics holds, and what could not be taken over."""

    rubrics: tuple[ImportedRubric, ...]
    report: tuple[Note, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Exported:
    """A rubric to write, with its name and state where they are known."""

    rubric: Rubric
    slug: str | None = None
    version: int | None = None
    status: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """A file, its type and ending, and what it could not hold."""

    data: bytes
    content_type: str
    extension: str
    report: tuple[Note, ...] = ()


def slug_of(text: str, fallback: str) -> str:
    """A name for URLs made from a title."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or fallback
