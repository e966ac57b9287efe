"""Which verdicts count, and what the missing ones do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain import errors
from domain.rubric import MAX_WEIGHT, Criterion, Rubric, Tier
from domain.verdicts import Status, Verdict

SEVERITY = (
    Status.JUDGE_ERROR,
    Status.EXPIRED,
    Status.REFUSED_INPUT,
    Status.UNPARSEABLE,
    Status.EVIDENCE_INVALID,
    Status.CANNOT_ASSESS,
)


class Missing(NamedTuple):
    """An unscored criterion, why, and what the rubric's policy says of it."""

    criterion: Criterion
    weight: float
    status: Status
    policy: str


def gravest(statuses: Iterable[Status]) -> Status | None:
    """The status to report for several."""
    found = set(statuses)
    return next((status for status in SEVERITY if status in found), None)


def policy(rubric: Rubric, criterion: Criterion) -> str:
    """The strictest of the policies that hold for a criterion."""
    unscored = rubric.unscored
    holding = {
        unscored.gate if criterion.gate else None,
        unscored.pitfall if criterion.is_pitfall else None,
        unscored.essential if criterion.tier is Tier.ESSENTIAL else None,
    } - {None}
    if not holding:
        return unscored.other
    return "null" if "null" in holding else "exclude"


def value_of(verdict: Verdict) -> float:
    """The value of a verdict, refused where it is off the scale."""
    value = verdict.value
    if value is None or not 0 <= value <= 1:
        raise errors.Invalid(
            f"The verdict on {verdict.criterion_id!r} has no value between 0 and 1.",
            code="value_invalid",
        )
    return value


def check_names(rubric: Rubric, given: Mapping[str, object], what: str) -> None:
    """Refuse what is said of criteria that the rubric does not have."""
    strange = sorted(set(given) - {criterion.id for criterion in rubric.criteria})
    if strange:
        raise errors.Invalid(
            f"The rubric has no criterion {strange[0]!r}, for which there is a {what}.",
            code="unknown_criterion",
            problems=[errors.Problem(f"/{name}", "The rubric has no such criterion.") for name in strange],
        )


def check_weights(rubric: Rubric, weights: Mapping[str, float]) -> None:
    """Refuse weights of unknown criteria and weights out of range."""
    check_names(rubric, weights, "weight")
    for name, weight in weights.items():
        if not 0 <= weight <= MAX_WEIGHT:
            raise errors.Invalid(
                f"The weight of {name!r} must be a number between 0 and {MAX_WEIGHT:g}.",
                code="weight_invalid",
            )
