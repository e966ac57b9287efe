"""What a file of data holds; ids are those of the source or made from the content."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any, Literal

from domain.formats.models import ImportedPrompt, ImportedRubric, Note

__all__ = [
    "ImportedDataset",
    "ImportedLabel",
    "ImportedPreference",
    "ImportedPrompt",
    "ImportedResponse",
    "ImportedVerdict",
    "made_id",
]

Rater = Literal["human", "crowd", "model"]


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedResponse:
    """An answer to a prompt, with the model that wrote it where known.

    `edit_of` is the id of the answer to the same prompt that it changes, `edit` what was changed.
    """

    id: str
    prompt_id: str
    parts: list[dict[str, Any]]
    model: str = ""
    meta: dict[str, Any] = dataclasses.field(default_factory=dict)
    edit_of: str = ""
    edit: str = ""
    tags: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedPreference:
    """A choice between two responses of one prompt; strength 0 is a tie."""

    prompt_id: str
    chosen: str
    rejected: str
    rater: str = ""
    strength: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedLabel:
    """What one rater says of one response: the degree in [0, 1] to which a criterion is true of it.

    Where the source has no ends of its scale the value is in the source's own unit; None says that the rater could not
    decide. Without a criterion it is the overall quality. `rubric` is the slug the criterion belongs to.
    """

    response_id: str
    rater: str
    value: float | None
    rater_kind: Rater = "human"
    rubric: str | None = None
    criterion_id: str | None = None
    repeat: int = 0
    note: str = ""
    spans: tuple[dict[str, Any], ...] = ()
    payload: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedVerdict:
    """What a judge elsewhere said: the degree in [0, 1] to which a criterion is true of one response.

    Of two responses, in the order in which the judge saw them, it is the degree to which the first is better; ½ is a
    tie. None says that the judge's reply could not be read. `detail` keeps numbers as the source has them.
    """

    judge: str
    prompt_id: str
    responses: tuple[str, ...]
    value: float | None
    rubric: str
    criterion_id: str
    detail: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class ImportedDataset:
    """All that a file holds, and what could not be taken over."""

    prompts: tuple[ImportedPrompt, ...]
    responses: tuple[ImportedResponse, ...] = ()
    preferences: tuple[ImportedPreference, ...] = ()
    labels: tuple[ImportedLabel, ...] = ()
    rubrics: tuple[ImportedRubric, ...] = ()
    verdicts: tuple[ImportedVerdict, ...] = ()
    report: tuple[Note, ...] = ()


def made_id(prefix: str, *content: str) -> str:
    """An id made from content, the same on every import."""
    form = "\0".join(content).encode("utf-8", "surrogatepass")
    return f"{prefix}_{hashlib.sha256(form).hexdigest()[:16]}"
