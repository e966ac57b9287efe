"""Whether the model behind an address is still the same: its tokens and a few of its probabilities."""

import hashlib
import math
from dataclasses import dataclass

from engines.protocol import LabelRequest, Part
from engines.servers.detection import Dialect
from engines.servers.token_prompts import TokenDialect

TEXT = "Le 3 mai, 0,25 mg; naïve café, x²+1=0. 我喜欢茶。 <|im_end|> </s> def f(x): return x\n\t– end"
CLAIMS = (
    "Paris is the capital of France.",
    "Penguins drive yellow taxis on the moon.",
    "Water boils at a lower temperature on a high mountain.",
    "Seven is an even number.",
)
LABELS = (" Yes", " No")
TOLERANCE = 0.75
"""Nats: caches, batches and half precision move a log-probability by less, another model by more."""

LEAST = -8.0
"""What is rarer than this is not compared."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one model from another: a digest of a text's tokens ("" where hidden), and log-probabilities."""

    tokens: str
    logprobs: tuple[float, ...]

    def __str__(self) -> str:
        return " ".join([self.tokens or "-", *(f"{value:.2f}" for value in self.logprobs)])

    @classmethod
    def parse(cls, text: str) -> "Identity | None":
        """Return the identity that was written as text; None where the text is none."""
        tokens, *values = text.split() or [""]
        try:
            return cls("" if tokens == "-" else tokens, tuple(map(float, values))) if values else None
        except ValueError:
            return None

    def difference(self, other: "Identity") -> str:
        """Say what differs, or nothing where the two may be one model."""
        if self.tokens and other.tokens and self.tokens != other.tokens:
            return "it cuts text into other tokens"
        if len(self.logprobs) != len(other.logprobs):
            return ""
        apart = max(map(_apart, self.logprobs, other.logprobs), default=0.0)
        return f"its probabilities are up to {apart:.1f} nats apart" if apart > TOLERANCE else ""


def take(dialect: Dialect, deadline: float | None) -> Identity:
    """Ask a model for its identity; raises as its dialect does."""
    tokens = ""
    if isinstance(dialect, TokenDialect):
        ids = dialect.api.tokenise(TEXT, control=False, deadline=deadline)
        tokens = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:12]
    suffixes = tuple((Part(f"\n\n{claim}\nIs this true? Answer with Yes or No."),) for claim in CLAIMS)
    request = LabelRequest((Part("You check one claim."),), suffixes, (LABELS,) * len(suffixes))
    replies = dialect.label_distributions(request, deadline=deadline).replies
    if any(reply.failure for reply in replies):
        return Identity(tokens, ())
    return Identity(tokens, tuple(_log(reply.probabilities[label]) for reply in replies for label in LABELS))


def _log(probability: float) -> float:
    return max(LEAST, math.log(probability)) if probability > 0 else LEAST


def _apart(one: float, other: float) -> float:
    return abs(one - other)
