"""Difficulty of prompts by their pass rate, and what takes the place of a prompt that is mastered."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Sequence
from typing import NamedTuple, TypeVar

from domain import errors

Key = TypeVar("Key", bound=Hashable)
_SLACK = 1e-9


class Bucket(enum.StrEnum):
    """What a prompt is for."""

    TRAIN = "train"
    PENDING = "pending"
    DISCARD = "discard"


class Swap(NamedTuple):
    """A prompt that leaves and the one that takes its place; none where nothing is pending."""

    mastered: Hashable
    replacement: Hashable | None


def bucket(rate: float | None, *, pending: float = 0.625, discard: float = 1.0) -> Bucket | None:
    """The bucket of a pass rate (Dr. SCI, arXiv:2602.08321: success over 8 rollouts, all solved is discarded, 5 of 8 or
    fewer waits, what is between is trained on); None where nothing was scored.

    Raises Invalid unless 0 ≤ pending < discard ≤ 1.
    """
    if not 0 <= pending < discard <= 1:
        raise errors.Invalid("Pending ends below the rate from which a prompt is discarded.", code="buckets_invalid")
    if rate is None:
        return None
    if rate >= discard - _SLACK:
        return Bucket.DISCARD
    return Bucket.PENDING if rate <= pending + _SLACK else Bucket.TRAIN


def mastery_swaps(
    active: Sequence[tuple[Key, float | None]], waiting: Sequence[tuple[Key, float]], *, mastered: float = 0.9
) -> list[Swap]:
    """Every prompt whose accuracy is above `mastered` with the easiest prompt that waits (Dr. SCI, curriculum).

    The easiest has the highest rate; of equal ones the earlier comes first, so the order is stable. A prompt without an
    accuracy is not mastered. When nothing waits any more, mastered prompts leave without a replacement (ours). Raises
    Invalid for a bound outside [0, 1].
    """
    if not 0 <= mastered <= 1:
        raise errors.Invalid("Mastery is a share from 0 to 1.", code="mastery_invalid")
    queue = [key for key, _ in sorted(waiting, key=lambda one: -one[1])]
    done = [key for key, accuracy in active if accuracy is not None and accuracy > mastered + _SLACK]
    return [Swap(key, queue[place] if place < len(queue) else None) for place, key in enumerate(done)]
