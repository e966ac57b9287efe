"""Several judges on one criterion of one answer: one verdict by a declared rule, never from too few votes."""

from __future__ import annotations

import dataclasses
import enum
import math
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain import errors, verdicts
from domain.rubric import Criterion, Kind
from domain.verdicts import Status, Verdict

LEAST_KNOWN = 10
MOST_JUDGES = 10
HALF = 0.5
_ROUNDING = 1e-9


class Rule(enum.StrEnum):
    """How votes become one value."""

    MEAN = "mean"
    MEDIAN = "median"
    MAJORITY = "majority"
    WEIGHTED = "weighted"


class TooFewKnown(errors.Invalid):
    """There are not enough known values to weigh judges by."""

    default_code = "jury_too_few"


@dataclasses.dataclass(frozen=True)
class Jury:
    """Judges by fingerprint, the rule, how many must have decided, and for `weighted` their weights by criterion."""

    judges: tuple[str, ...]
    rule: Rule
    quorum: int
    weights: Mapping[str, Mapping[str, float]] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 2 <= len(set(self.judges)) == len(self.judges) <= MOST_JUDGES:
            raise errors.Invalid(f"A jury has 2 to {MOST_JUDGES} different judges.", code="jury_invalid")
        if not 1 <= self.quorum <= len(self.judges):
            raise errors.Invalid(
                f"The quorum of {len(self.judges)} judges is a number from 1 to {len(self.judges)}.",
                code="quorum_invalid",
            )


class Weight(NamedTuple):
    """How much a judge counts on a criterion: its share of known values that it gave, and of how many."""

    weight: float
    agreed: int
    known: int


def combine(criterion: Criterion, votes: Mapping[str, Verdict | None], jury: Jury, *, digest: str = "") -> Verdict:
    """The jury's verdict; `votes` by fingerprint, `digest` names the criterion in the weights.

    Without a quorum, without a majority, and where judges are split on whether the criterion applies there is no value.
    """
    cast = {judge: votes.get(judge) for judge in jury.judges}
    decided = {judge: vote for judge, vote in cast.items() if vote is not None and _is_decided(vote)}
    if len(decided) < jury.quorum:
        return verdicts.unscored(criterion.id, Status.CANNOT_ASSESS, _missing(len(decided), jury))
    scored = {judge: vote.value for judge, vote in decided.items() if vote.value is not None}
    absent = len(decided) - len(scored)
    if absent > len(scored):
        said = f"{absent} of {len(decided)} judges say that the criterion does not apply."
        return Verdict(criterion.id, Status.NOT_APPLICABLE, reason=said)
    if absent == len(scored):
        said = "The jury is split on whether the criterion applies."
        return verdicts.unscored(criterion.id, Status.CANNOT_ASSESS, said)
    value = _RULES[jury.rule](criterion, scored, jury.weights.get(digest, {}))
    if isinstance(value, str):
        return verdicts.unscored(criterion.id, Status.CANNOT_ASSESS, value)
    return _verdict(criterion, value, scored, len(jury.judges))


def dissents(criterion: Criterion, verdict: Verdict, vote: Verdict | None) -> bool:
    """Whether a vote names another level than the jury, or says otherwise on whether the criterion applies."""
    if vote is None or not _is_decided(vote) or not _is_decided(verdict):
        return False
    if vote.value is None or verdict.value is None:
        return (vote.value is None) != (verdict.value is None)
    return nearest(criterion, vote.value) != nearest(criterion, verdict.value)


def agrees(criterion: Criterion, value: float, truth: float) -> bool:
    """Whether two values come to the same level of a criterion."""
    return nearest(criterion, value) == nearest(criterion, truth)


def nearest(criterion: Criterion, value: float) -> float:
    """The level that a value is nearest to; half-way the lower one, as a tie goes to no answer's favour."""
    if criterion.kind is Kind.CHECK:
        return float(value > HALF)
    levels = sorted(label.value for label in verdicts.labels_for(criterion) if label.value is not None)
    return min(levels, key=lambda level: (round(abs(level - value), 9), level))


def weigh(criterion: Criterion, known: Sequence[tuple[float, float]]) -> Weight:
    """How much a judge counts, from its values beside what is known: twice its agreement above one half.

    The agreement is (hits + 1) / (count + 2), so that few hits are not taken for certainty; at one half or below
    a judge counts nothing. Raises TooFewKnown below ten known values.
    """
    if len(known) < LEAST_KNOWN:
        raise TooFewKnown(f"There are {len(known)} known values; weighing a judge needs {LEAST_KNOWN}.")
    hits = sum(agrees(criterion, value, truth) for value, truth in known)
    agreement = (hits + 1) / (len(known) + 2)
    return Weight(max(0.0, 2 * agreement - 1), hits, len(known))


def _is_decided(vote: Verdict) -> bool:
    return vote.status in (Status.OK, Status.NOT_APPLICABLE)


def _missing(decided: int, jury: Jury) -> str:
    return f"{decided} of {len(jury.judges)} judges decided; the jury needs {jury.quorum}."


def _verdict(criterion: Criterion, value: float, scored: Mapping[str, float], size: int) -> Verdict:
    given = list(scored.values())
    level = nearest(criterion, value)
    return Verdict(
        criterion.id,
        Status.OK,
        value=value,
        probability=value,
        detail={
            "judges": size,
            "votes": len(given),
            "agreement": sum(nearest(criterion, vote) == level for vote in given) / len(given),
            "spread": round(max(given) - min(given), 6),
        },
    )


def _mean(_criterion: Criterion, scored: Mapping[str, float], _weights: Mapping[str, float]) -> float:
    return _within(math.fsum(scored.values()) / len(scored))


def _median(_criterion: Criterion, scored: Mapping[str, float], _weights: Mapping[str, float]) -> float:
    return _within(statistics.median(scored.values()))


def _majority(criterion: Criterion, scored: Mapping[str, float], _weights: Mapping[str, float]) -> float | str:
    levels = [nearest(criterion, value) for value in scored.values()]
    most = max(levels.count(level) for level in levels)
    leading = sorted({level for level in levels if levels.count(level) == most})
    return leading[0] if len(leading) == 1 else "The votes are split evenly, so there is no majority."


def _weighted(_criterion: Criterion, scored: Mapping[str, float], weights: Mapping[str, float]) -> float | str:
    if not weights:
        return "The judges were not weighed on this criterion."
    total = math.fsum(weights.get(judge, 0.0) for judge in scored)
    if total <= _ROUNDING:
        return "No judge that decided has any weight on this criterion."
    return _within(math.fsum(weights.get(judge, 0.0) * value for judge, value in scored.items()) / total)


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))


_RULES = {Rule.MEAN: _mean, Rule.MEDIAN: _median, Rule.MAJORITY: _majority, Rule.WEIGHTED: _weighted}
