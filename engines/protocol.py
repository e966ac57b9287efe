"""What an engine can do: label distributions after shared prompts, and text; and what it answers."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from domain.ports import Part

__all__ = [
    "DEFAULT_LEAD",
    "Check",
    "Engine",
    "EngineInfo",
    "Failure",
    "FailureKind",
    "LabelBatch",
    "LabelReply",
    "LabelRequest",
    "Part",
    "PromptSizes",
    "TextBatch",
    "TextRequest",
    "Usage",
    "text_of",
]

DEFAULT_LEAD = "Answer:"
"""What the model's turn begins with before its one label token, so that labels carry a space."""


def text_of(parts: tuple[Part, ...]) -> str:
    """Return the plain text of prompt parts, in order."""
    return "".join(part.text for part in parts)


class FailureKind(StrEnum):
    """Why one question of a batch has no answer."""

    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    TOO_LONG = "too_long"
    BAD_REPLY = "bad_reply"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Failure:
    """One question that was not answered, with a sentence a person can act on."""

    kind: FailureKind
    detail: str


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """One shared prompt and, after it, one suffix and one set of labels for each criterion.

    `leads` holds, for each suffix, what the model's own turn has said before the label: its
    reasoning in the reasoned protocol. Left empty, each turn begins with `DEFAULT_LEAD`.
    """

    shared: tuple[Part, ...]
    suffixes: tuple[tuple[Part, ...], ...]
    labels: tuple[tuple[str, ...], ...]
    leads: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.suffixes):
            raise ValueError("A label request needs one set of labels for each suffix.")
        if self.leads and len(self.leads) != len(self.suffixes):
            raise ValueError("A label request needs one lead for each suffix, or none at all.")

    def lead(self, position: int) -> str:
        """Return what the model's turn has said before the label of one suffix."""
        return self.leads[position] if self.leads else DEFAULT_LEAD


@dataclass(frozen=True, slots=True)
class TextRequest:
    """One shared prompt and the suffixes to write an answer after, one text for each."""

    shared: tuple[Part, ...]
    suffixes: tuple[tuple[Part, ...], ...]
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a batch cost; `cached_tokens` of the prompt tokens were not computed again.

    `cached_reported` is False where the server keeps that number to itself.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    seconds: float = 0.0
    cached_reported: bool = True

    @property
    def computed_tokens(self) -> int:
        """Return the prompt tokens that the model had to read."""
        return self.prompt_tokens - self.cached_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
            self.seconds + other.seconds,
            self.cached_reported and other.cached_reported,
        )


@dataclass(frozen=True, slots=True)
class LabelReply:
    """Probabilities of the labels over all tokens of the model, so that their sum is honest.

    `probabilities` has every label asked for, unless there is a `failure`: then it is empty.
    """

    probabilities: dict[str, float]
    label_mass: float
    failure: Failure | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def failed(cls, failure: Failure, raw: dict[str, Any] | None = None) -> "LabelReply":
        """Return a reply that holds only the reason why there is none."""
        return cls({}, 0.0, failure, raw or {})


@dataclass(frozen=True, slots=True)
class LabelBatch:
    """Replies in the order of the suffixes, with the prompt as the model saw it."""

    replies: tuple[LabelReply, ...]
    usage: Usage
    rendered_shared: str
    rendered_suffixes: tuple[str, ...]
    model: str


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Texts in the order of the suffixes; a failed one is None and has its failure beside it."""

    texts: tuple[str | None, ...]
    failures: tuple[Failure | None, ...]
    usage: Usage
    rendered_shared: str = ""
    rendered_suffixes: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class PromptSizes:
    """How many tokens the shared part and each suffix of a request have for a model."""

    shared: int
    suffixes: tuple[int, ...]

    def minimum(self, block_size: int = 1) -> int:
        """Return the fewest prompt tokens to compute where the cache keeps whole blocks.

        The shared part is read once, then for each further suffix itself and what the shared part
        has in its last, unfilled block.
        """
        further = max(0, len(self.suffixes) - 1)
        return self.shared + sum(self.suffixes) + further * (self.shared % block_size)


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is known of an engine and its model; `shares_prefix` is None until it was measured."""

    kind: str
    model: str
    context_length: int | None
    supports_logprobs: bool
    shares_prefix: bool | None
    production: bool
    notes: tuple[str, ...] = ()
    server: str = ""
    block_size: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried on an engine, how it went, and a sentence for the screen."""

    name: str
    ok: bool
    value: str
    sentence: str


class Engine(Protocol):
    """Something that answers prompts.

    `deadline` is a moment in Unix seconds (`time.time()`); questions not answered by then come
    back as `Failure(timeout)`. An engine that cannot be reached at all raises
    `domain.errors.Unavailable`; everything that concerns one question is a `Failure` in its reply.
    """

    def info(self) -> EngineInfo:
        """Return what is known of the engine and its model."""
        ...

    def label_distributions(self, request: LabelRequest, *, deadline: float | None = None) -> LabelBatch:
        """Return the probability of each label as the next token after each suffix."""
        ...

    def complete(self, request: TextRequest, *, deadline: float | None = None) -> TextBatch:
        """Return what the model writes after each suffix."""
        ...

    def check_labels(self, labels: tuple[str, ...]) -> Failure | None:
        """Return why these labels cannot be read as one token each, or None if they can."""
        ...

    def health(self) -> Check:
        """Say quickly whether the engine can be reached; never raises."""
        ...

    def probe(self) -> tuple[Check, ...]:
        """Try the engine on everything that judging needs; never raises."""
        ...

    def close(self) -> None:
        """Let go of connections; an engine in this process stops with the process."""
        ...
