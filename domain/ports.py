"""The shapes the domain shares with what stands outside it: prompts, requests to a model, and its answers."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

DEFAULT_LEAD = "Answer:"
"""What the model's turn begins with before its one label token, so that labels carry a space."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A piece of a prompt; untrusted text comes from a data set and is encoded without special tokens."""

    text: str
    trusted: bool = True


def text_of(parts: tuple[Part, ...]) -> str:
    """Return the plain text of prompt parts, in order."""
    return "".join(part.text for part in parts)


class FailureKind(enum.StrEnum):
    """Why one question of a batch has no answer."""

    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    TOO_LONG = "too_long"
    BAD_REPLY = "bad_reply"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """One question that was not answered, with a sentence a person can act on."""

    kind: FailureKind
    detail: str


@dataclasses.dataclass(frozen=True, slots=True)
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


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """What a text must look like, for engines that can hold a model to it; others write as they like.

    `grammar` is in the notation of GBNF, beginning at `root`. `schema` is the JSON Schema that says the same as nearly
    as it can, where the text is one JSON object; else it is empty.
    """

    grammar: str
    schema: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class TextRequest:
    """One shared prompt and the suffixes to write an answer after, one text for each.

    `forms` holds the form of each text, or is empty where any text will do.
    """

    shared: tuple[Part, ...]
    suffixes: tuple[tuple[Part, ...], ...]
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int | None = None
    forms: tuple[Form, ...] = ()

    def __post_init__(self) -> None:
        if self.forms and len(self.forms) != len(self.suffixes):
            raise ValueError("A text request needs one form for each suffix, or none at all.")


@dataclasses.dataclass(frozen=True, slots=True)
class LikelihoodRequest:
    """One shared prompt, suffixes, and the text whose likelihood as the model's own turn is asked after each.

    `lead` is what the model's turn has said before; the continuation is tokenised apart from it and is always ordinary
    text: control strings in it are letters.
    """

    shared: tuple[Part, ...]
    suffixes: tuple[tuple[Part, ...], ...]
    continuations: tuple[str, ...]
    lead: str = ""

    def __post_init__(self) -> None:
        if len(self.continuations) != len(self.suffixes):
            raise ValueError("A likelihood request needs one continuation for each suffix.")
        if not all(self.continuations):
            raise ValueError("An empty continuation has no likelihood.")


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """What a batch cost; `cached_tokens` of the prompt tokens were not computed again.

    `cached_reported` is False where the server keeps that number to itself. `shared_tokens` is what of the prompt
    tokens a cache could have saved: the shared part, for every question of a request but the first; 0 where that is
    not known, or too short to tell.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    seconds: float = 0.0
    cached_reported: bool = True
    shared_tokens: int = 0

    @property
    def computed_tokens(self) -> int:
        """Return the prompt tokens that the model had to read."""
        return self.prompt_tokens - self.cached_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
            self.seconds + other.seconds,
            self.cached_reported and other.cached_reported,
            self.shared_tokens + other.shared_tokens,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class LabelReply:
    """Probabilities of the labels over all tokens of the model, so that their sum is honest.

    `probabilities` has every label asked for, unless there is a `failure`: then it is empty.
    """

    probabilities: dict[str, float]
    label_mass: float
    failure: Failure | None = None
    raw: dict[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def failed(cls, failure: Failure, raw: dict[str, Any] | None = None) -> LabelReply:
        """Return a reply that holds only the reason why there is none."""
        return cls({}, 0.0, failure, raw or {})


@dataclasses.dataclass(frozen=True, slots=True)
class LabelBatch:
    """Replies in the order of the suffixes, with the prompt as the model saw it."""

    replies: tuple[LabelReply, ...]
    usage: Usage
    rendered_shared: str
    rendered_suffixes: tuple[str, ...]
    model: str


@dataclasses.dataclass(frozen=True, slots=True)
class LikelihoodReply:
    """The natural log-probability of each token of a continuation, in order; empty where there is a `failure`."""

    logprobs: tuple[float, ...]
    failure: Failure | None = None
    raw: dict[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def failed(cls, failure: Failure, raw: dict[str, Any] | None = None) -> LikelihoodReply:
        """Return a reply that holds only the reason why there is none."""
        return cls((), failure, raw or {})

    @property
    def total(self) -> float:
        """Return the log-probability of the whole continuation, in nats."""
        return math.fsum(self.logprobs)

    @property
    def mean(self) -> float:
        """Return the log-probability a token, in nats; only where there is no failure."""
        return self.total / len(self.logprobs)


@dataclasses.dataclass(frozen=True, slots=True)
class LikelihoodBatch:
    """Replies in the order of the suffixes, with the prompt as the model saw it."""

    replies: tuple[LikelihoodReply, ...]
    usage: Usage
    rendered_shared: str
    rendered_suffixes: tuple[str, ...]
    model: str


@dataclasses.dataclass(frozen=True, slots=True)
class TextBatch:
    """Texts in the order of the suffixes; a failed one is None and has its failure beside it.

    `held` says that the model was held to the forms of the request. A text may still be cut off at its most tokens.
    """

    texts: tuple[str | None, ...]
    failures: tuple[Failure | None, ...]
    usage: Usage
    rendered_shared: str = ""
    rendered_suffixes: tuple[str, ...] = ()
    model: str = ""
    held: bool = False


class Embedder(Protocol):
    """Something that makes vectors of texts that mean alike lie near each other.

    Raises `errors.Unavailable` where it cannot be asked now.
    """

    @property
    def model(self) -> str:
        """The name of what makes them, to be kept beside the figures."""
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vector of each text, in their order, all of one length."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Statistic(Protocol):
    """A number computed from a table of ratings: one row an item, one column a rater, None where missing."""

    def __call__(self, ratings: Sequence[Sequence[float | None]], /) -> float | None:
        """Compute it; None where it is not defined."""
        ...


class SandboxFault(enum.StrEnum):
    """Why a task in the sandbox has no answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    SIZE = "size"


@dataclasses.dataclass(frozen=True, slots=True)
class SandboxReply:
    """What a task answered, or the reason why it did not and a sentence about it."""

    answer: Mapping[str, Any] | None
    fault: SandboxFault | None = None
    detail: str = ""

    @classmethod
    def failed(cls, fault: SandboxFault, detail: str) -> SandboxReply:
        """Return a reply without an answer."""
        return cls(None, fault, detail)


class Sandbox(Protocol):
    """Where code runs that must not run in our process: named tasks, each with a hard end.

    Raises `errors.Unavailable` where it is busy or cannot be started: that says nothing about what was asked.
    """

    def run(self, task: str, request: Mapping[str, Any], /, *, seconds: float) -> SandboxReply:
        """Do a task on a JSON object within `seconds` of wall time."""
        ...
