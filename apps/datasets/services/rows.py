"""What is handed in for storing: prompts, responses, preferences, labels and rollouts as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Parts = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PromptRow:
    """A prompt: messages of typed parts, with reference and context."""

    external_id: str
    messages: Parts
    reference: Parts | None = None
    context: Parts | None = None
    language: str = ""
    tags: tuple[str, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ResponseRow:
    """A response to the prompt of that id."""

    prompt_id: str
    external_id: str
    parts: Parts
    model: str = ""
    tags: tuple[str, ...] = ()
    steps: Any = None
    extensions: Mapping[str, Any] = field(default_factory=dict)
    edit_of: str = ""
    edit: str = ""


@dataclass(frozen=True)
class LabelRow:
    """A rater's value for one response; `prompt_id` may be left out where the response id is unique in the data set."""

    response_id: str
    rater: str
    value: float | None
    criterion: str | None = None
    prompt_id: str | None = None
    sort: str = "human"
    mode: str = "blind"
    repeat: int = 0
    confidence: float | None = None
    spans: Sequence[Mapping[str, Any]] = ()
    note: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnLabel:
    """A value that the person who stores it gave, for a subject known by its row."""

    subject_id: int
    criterion: str | None
    value: float | None
    mode: str = "blind"
    repeat: int = 0
    confidence: float | None = None
    spans: Sequence[Mapping[str, Any]] = ()
    note: str = ""
    review_id: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PreferenceRow:
    """A rater's order of responses to one prompt: (response id, rank), 1 is best, equal ranks are ties."""

    external_id: str
    prompt_id: str
    ranks: tuple[tuple[str, int], ...]
    rater: str | None = None
    sort: str = "human"
    criterion: str | None = None
    strength: float | None = None
    mode: str = "blind"
    repeat: int = 0
    note: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnPreference:
    """An order that the person who stores it gave: (response key, rank), 1 is best, equal ranks are ties."""

    subject_id: int
    ranks: Sequence[tuple[int, int]]
    criterion: str | None = None
    strength: float | None = None
    mode: str = "blind"
    note: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RolloutRow:
    """One answer of a training job: prompt as messages, response as parts, what is shown beside it."""

    messages: Parts
    parts: Parts
    reference: Parts | None = None
    context: Parts | None = None
    prompt_id: str | None = None


@dataclass(frozen=True)
class Note:
    """One line of a report: how serious, where (a JSON pointer or a line), and what."""

    level: str
    pointer: str
    message: str


@dataclass(frozen=True)
class Stored:
    """What storing did: how many rows were new, known already, or differ from what is stored."""

    counts: Mapping[str, int]
    report: tuple[Note, ...] = ()
