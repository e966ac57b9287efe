"""Reads what servers answer: numbers that are numbers, probabilities that can be ones."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engines.protocol import Failure, FailureKind, LabelReply, LikelihoodReply
from engines.servers import wire

_SUM_SLACK = 1.02
"""Half-precision servers round; more than this above one is not a distribution."""


def label_reply(logprobs: Mapping[str, float | None], raw: dict[str, Any]) -> LabelReply:
    """Turn the labels' logprobs over all tokens into a reply; a label outside the top ones has none."""
    known = {label: value for label, value in logprobs.items() if value is not None}
    if any(math.isnan(value) for value in known.values()):
        return _bad("The server's log probabilities are not numbers (NaN).", raw, logprobs)
    if any(value > 0.01 for value in known.values()):
        return _bad("The server's log probabilities are above zero.", raw, logprobs)
    probabilities = {label: math.exp(min(0.0, known[label])) if label in known else 0.0 for label in logprobs}
    mass = sum(probabilities.values())
    if mass > _SUM_SLACK:
        return _bad(f"The labels' probabilities sum to {mass:.2f}.", raw, logprobs)
    return LabelReply(probabilities, min(1.0, mass), None, raw)


def likelihood_reply(logprobs: Sequence[float], raw: dict[str, Any]) -> LikelihoodReply:
    """Turn the log-probabilities of a continuation's tokens into a reply; what can be no log-probability fails it."""
    if not logprobs:
        wrong = "The server returned no log probabilities of the given text."
    elif any(math.isnan(value) for value in logprobs):
        wrong = "The server's log probabilities are not numbers (NaN)."
    elif any(value > 0.01 for value in logprobs):
        wrong = "The server's log probabilities are above zero."
    elif any(math.isinf(value) for value in logprobs):
        wrong = "A token of the given text has no probability at all, so the text has no likelihood."
    else:
        return LikelihoodReply(tuple(min(0.0, value) for value in logprobs), None, raw)
    return LikelihoodReply.failed(Failure(FailureKind.BAD_REPLY, wrong), {**raw, "logprobs": repr(list(logprobs))})


def log_of_sum(logprobs: Sequence[float]) -> float:
    """Return the log of the sum of probabilities given by their logs."""
    top = max(logprobs)
    if not math.isfinite(top):
        return top
    return top + math.log(sum(math.exp(value - top) for value in logprobs))


def number(value: Any, what: str) -> float:
    """Return a JSON number as a float; null stands for NaN, as some servers write it."""
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad(f"{what} is not a number: {value!r:.60}")
    return float(value)


def whole(value: Any, what: str) -> int:
    """Return a JSON whole number of at least zero."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise bad(f"{what} is not a count: {value!r:.60}")
    return value


def items(value: Any, what: str) -> list[Any]:
    """Return a JSON list."""
    if not isinstance(value, list):
        raise bad(f"{what} is not a list: {value!r:.60}")
    return value


def table(value: Any, what: str) -> dict[str, Any]:
    """Return a JSON object; an object that only says an error is a bad reply with its words."""
    if not isinstance(value, dict):
        raise bad(f"{what} is not an object: {value!r:.60}")
    if value.get("error"):
        raise bad(f"The server answered with an error in place of a reply: {value['error']!r:.300}")
    return value


def tokens(value: Any, what: str) -> tuple[int, ...]:
    """Return a JSON list of token ids."""
    return tuple(whole(each, what) for each in items(value, what))


def text(value: Any, what: str) -> str:
    """Return a JSON string."""
    if not isinstance(value, str):
        raise bad(f"{what} is not text: {value!r:.60}")
    return value


def bad(detail: str) -> wire.Failed:
    """Return the failure of a reply that cannot be read."""
    return wire.Failed(FailureKind.BAD_REPLY, detail)


def _bad(detail: str, raw: dict[str, Any], logprobs: Mapping[str, float | None]) -> LabelReply:
    shown = {label: repr(value) for label, value in logprobs.items()}
    return LabelReply.failed(Failure(FailureKind.BAD_REPLY, detail), {**raw, "logprobs": shown})
