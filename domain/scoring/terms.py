"""Which verdicts count, and what the missing ones do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain import errors
from domain.rubric import MAX_WEIGHT, Criterion, Rubric, Tier, effective_weights
from domain.verdicts import Status, Verdict

SEVERITY = (
    Status.JUDGE_ERROR,
    Status.EXPIRED,
    Status.REFUSED_INPUT,
    Status.UNPARSEABLE,
    Status.EVIDENCE_INVALID,
    Status.CANNOT_ASSESS,
)


class Term(NamedTuple):
    """A scored criterion with the weight that its groups leave it."""

    criterion: Criterion
    weight: float
    value: float


class Missing(NamedTuple):
    """An unscored criterion, why, and what the rubric's policy says of it."""

    criterion: Criterion
    weight: float
    status: Status
    policy: str


class Sorted(NamedTuple):
    """Verdicts sorted into those that count and those that are missing."""

    terms: tuple[Term, ...]
    missing: tuple[Missing, ...]

    @property
    def blocking(self) -> Status | None:
        """The gravest status that the policy lets deny a score."""
        return gravest(m.status for m in self.missing if m.policy == "null")

    @property
    def coverage(self) -> float:
        """The scored share of the weight that applies; of the count where nothing weighs."""
        scored = math.fsum(term.weight for term in self.terms)
        lost = math.fsum(m.weight for m in self.missing)
        if scored + lost > 0:
            return scored / (scored + lost)
        count = len(self.terms) + len(self.missing)
        return len(self.terms) / count if count else 0.0


def gravest(statuses: Iterable[Status]) -> Status | None:
    """The status to report for several."""
    found = set(statuses)
    return next((status for status in SEVERITY if status in found), None)


def sort(rubric: Rubric, verdicts: Mapping[str, Verdict | None], weights: Mapping[str, float] | None) -> Sorted:
    """Verdicts matched with criteria; what does not apply is absent from both lists."""
    check_names(rubric, verdicts, "verdict")
    check_weights(rubric, weights or {})
    effective = effective_weights(rubric, weights)
    terms: list[Term] = []
    missing: list[Missing] = []
    for criterion in rubric.criteria:
        weight = effective[criterion.id]
        verdict = verdicts.get(criterion.id)
        status = verdict.status if verdict else Status.CANNOT_ASSESS
        if verdict and status is Status.OK:
            terms.append(Term(criterion, weight, value_of(verdict)))
        elif status is not Status.NOT_APPLICABLE and (weight > 0 or criterion.gate):
            missing.append(Missing(criterion, weight, status, policy(rubric, criterion)))
    return Sorted(tuple(terms), tuple(missing))


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
