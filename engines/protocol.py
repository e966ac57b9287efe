"""What an engine can do: label distributions after shared prompts, and text; and what it answers."""

from dataclasses import dataclass
from typing import Protocol

from domain.ports import (
    DEFAULT_LEAD,
    Failure,
    FailureKind,
    Form,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    Part,
    TextBatch,
    TextRequest,
    Usage,
    text_of,
)

__all__ = [
    "DEFAULT_LEAD",
    "Check",
    "Engine",
    "EngineInfo",
    "Failure",
    "FailureKind",
    "Form",
    "LabelBatch",
    "LabelReply",
    "LabelRequest",
    "LikelihoodBatch",
    "LikelihoodReply",
    "LikelihoodRequest",
    "Part",
    "PromptSizes",
    "TextBatch",
    "TextRequest",
    "Usage",
    "text_of",
]


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
    """What is known of an engine and its model.

    `shares_prefix` is None until it was measured; `supports_likelihoods` until it was tried on a server that may or
    may not.
    """

    kind: str
    model: str
    context_length: int | None
    supports_logprobs: bool
    shares_prefix: bool | None
    production: bool
    notes: tuple[str, ...] = ()
    server: str = ""
    block_size: int | None = None
    supports_likelihoods: bool | None = None


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

    def likelihoods(self, request: LikelihoodRequest, *, deadline: float | None = None) -> LikelihoodBatch:
        """Return the log-probability of each token of the text given after each suffix.

        An engine that cannot tell them answers each with `Failure(refused)`.
        """
        ...

    def count_tokens(self, text: str) -> int | None:
        """Return how many tokens a text is for the model; None where the engine does not tell."""
        ...

    def check_labels(self, labels: tuple[str, ...]) -> Failure | None:
        """Return why these labels cannot be read as one token each, or None if they can."""
        ...

    def identity(self, *, deadline: float | None = None) -> str:
        """Return what tells this model from another, as text; empty where it is always the same.

        Raises `domain.errors.Unavailable` where it cannot be told.
        """
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
