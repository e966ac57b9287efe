"""What strategies that read likelihoods share: usable replies, and bounded values from nats."""

from __future__ import annotations

import math
from collections.abc import Sequence

from domain.ports import LikelihoodReply
from domain.rubric import Criterion
from domain.verdicts import Status, Verdict, unscored

UNUSABLE = "The log-probabilities of the given text are missing or not numbers up to zero."


def usable(logprobs: Sequence[float]) -> bool:
    """Whether these can be log-probabilities of tokens: some, finite, none above zero."""
    return bool(logprobs) and all(math.isfinite(value) and value <= 0 for value in logprobs)


def unusable(criterion: Criterion) -> Verdict:
    """The verdict where a reply holds no log-probabilities."""
    return unscored(criterion.id, Status.UNPARSEABLE, UNUSABLE)


def means(replies: Sequence[LikelihoodReply]) -> list[float] | None:
    """The mean token log-probability of each text in nats; None where one of them is unusable."""
    if not all(usable(reply.logprobs) for reply in replies):
        return None
    return [reply.mean for reply in replies]
