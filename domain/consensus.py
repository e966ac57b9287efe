"""What several people's answers to one question amount to; an abstention (None) has no vote and is counted.

The rules: drop the most distant of three or more and average the rest (as HelpSteer2, arXiv:2406.08673, section 2,
keeps the three answers of five that agree most); a limit on the spread; a majority; a majority by weights. Where a rule
comes to nothing the value is None and the reason says why: such an item goes to a person, never to an average.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from domain import errors

NEAR = 1e-9
Answers = Sequence[float | None]


class Rule(StrEnum):
    """How answers are brought together."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    WEIGHTED = "weighted"
    DROP_DISTANT = "drop_distant"
    SPREAD_LIMIT = "spread_limit"


class Consensus(NamedTuple):
    """The value where there is one, which answers it rests on (by place), and why there is none."""

    value: float | None
    used: tuple[int, ...]
    dropped: tuple[int, ...]
    abstained: int
    reason: str = ""


def unanimous(answers: Answers) -> Consensus:
    """The value that all who answered gave."""
    given, abstained = _given(answers)
    if not given:
        return _none(abstained)
    first = given[0][1]
    if any(abs(value - first) > NEAR for _, value in given):
        return Consensus(None, (), (), abstained, "People gave different answers.")
    return Consensus(first, _places(given), (), abstained)


def majority(answers: Answers, *, share: float = 0.5) -> Consensus:
    """The value that more than `share` of those who answered gave; raises Invalid for a share outside [0.5, 1)."""
    return weighted(answers, [1.0] * len(answers), share=share)


def weighted(answers: Answers, weights: Sequence[float], *, share: float = 0.5) -> Consensus:
    """The value with more than `share` of the weight of those who answered.

    Weights are finite and at least 0, one an answer; raises Invalid otherwise and for a share outside [0.5, 1).
    """
    if len(weights) != len(answers) or any(not math.isfinite(weight) or weight < 0 for weight in weights):
        raise errors.Invalid("A consensus needs one weight of at least 0 for each answer.", code="weights_invalid")
    if not 0.5 <= share < 1:
        raise errors.Invalid("The share that decides lies from 0.5 to below 1.", code="share_invalid")
    given, abstained = _given(answers)
    total = sum(weights[place] for place, _ in given)
    if not given or total <= 0:
        return _none(abstained)
    votes: dict[float, float] = defaultdict(float)
    for place, value in given:
        votes[_key(value)] += weights[place]
    best = max(votes, key=lambda value: votes[value])
    if votes[best] <= share * total + NEAR * total:
        return Consensus(None, (), (), abstained, f"No answer has more than {share:.0%} of the votes.")
    used = tuple(place for place, value in given if _key(value) == best)
    rest = tuple(place for place, value in given if _key(value) != best)
    return Consensus(given[[place for place, _ in given].index(used[0])][1], used, rest, abstained)


def drop_distant(answers: Answers) -> Consensus:
    """The mean after leaving out the one answer farthest from the mean of the others, of three or more.

    Nothing is left out where two answers are equally far: then chance would decide. With fewer than three answers it is
    their mean.
    """
    given, abstained = _given(answers)
    if not given:
        return _none(abstained)
    kept = given
    if len(given) > 2:
        total = sum(value for _, value in given)
        far = [abs(value - (total - value) / (len(given) - 1)) for _, value in given]
        farthest = [n for n, distance in enumerate(far) if distance >= max(far) - NEAR]
        if len(farthest) == 1:
            kept = [one for n, one in enumerate(given) if n != farthest[0]]
    dropped = tuple(place for place, _ in given if place not in _places(kept))
    return Consensus(sum(value for _, value in kept) / len(kept), _places(kept), dropped, abstained)


def spread_limit(answers: Answers, *, limit: float) -> Consensus:
    """The mean where the greatest and the least answer lie at most `limit` apart; raises Invalid for one below 0."""
    if not math.isfinite(limit) or limit < 0:
        raise errors.Invalid("The limit of the spread is a number of at least 0.", code="limit_invalid")
    given, abstained = _given(answers)
    if not given:
        return _none(abstained)
    values = [value for _, value in given]
    spread = max(values) - min(values)
    if spread > limit + NEAR:
        return Consensus(None, (), (), abstained, f"Answers lie {spread:g} apart; at most {limit:g} is allowed.")
    return Consensus(sum(values) / len(values), _places(given), (), abstained)


def decide(
    rule: Rule, answers: Answers, *, weights: Sequence[float] | None = None, share: float = 0.5, limit: float = 0.25
) -> Consensus:
    """The consensus by a rule; `weights`, `share` and `limit` matter to the rules that use them."""
    if rule is Rule.UNANIMOUS:
        return unanimous(answers)
    if rule is Rule.MAJORITY:
        return majority(answers, share=share)
    if rule is Rule.WEIGHTED:
        return weighted(answers, [1.0] * len(answers) if weights is None else weights, share=share)
    if rule is Rule.DROP_DISTANT:
        return drop_distant(answers)
    return spread_limit(answers, limit=limit)


def _given(answers: Answers) -> tuple[list[tuple[int, float]], int]:
    given = [(place, value) for place, value in enumerate(answers) if value is not None]
    if not all(math.isfinite(value) for _, value in given):
        raise errors.Invalid("An answer must be a finite number, or missing.", code="answer_invalid")
    return given, len(answers) - len(given)


def _none(abstained: int) -> Consensus:
    return Consensus(None, (), (), abstained, "Nobody decided.")


def _places(given: Sequence[tuple[int, float]]) -> tuple[int, ...]:
    return tuple(place for place, _ in given)


def _key(value: float) -> float:
    return round(value, 9)
