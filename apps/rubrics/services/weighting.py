"""The way an author weighs a draft: weights, points or tiers; the document itself holds weights alone."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import drafts, steps
from domain import errors, rubric

Document = dict[str, Any]


@transaction.atomic
def weigh_by(
    *, by: Actor, version: RubricVersion, mode: str, tier_weights: Mapping[str, float] | None = None
) -> tuple[RubricVersion, str]:
    """Turn to another way of weighing as one step; the sentence says what became of the numbers."""
    if mode not in set(rubric.Mode):
        raise errors.Invalid(f"There is no way of weighing named {mode!r}.", code="mode_unknown")
    row = drafts.locked(by=by, version=version)
    tiers = {**queries.tier_weights(row), **(tier_weights or {})}
    if set(tiers) != set(rubric.TIER_WEIGHTS) or not all(0 <= value <= rubric.MAX_WEIGHT for value in tiers.values()):
        raise errors.Invalid("Each tier has a weight from 0 upwards.", code="tier_weights_invalid")
    steps.remember_start(row)
    document = queries.draft_document(row)
    done = rubric.switched(rubric.parse(document), rubric.Mode(mode), tiers)
    row.weighting = {"mode": mode, "tiers": tiers}
    row.save(update_fields=["weighting"])
    _put(document, done)
    return drafts.store(by=by, row=row, document=document, what=f"weighed by {mode}"), done.sentence


@transaction.atomic
def normalise_points(*, by: Actor, version: RubricVersion, target: float = 10.0) -> tuple[RubricVersion, str]:
    """Scale all points so that those to gain sum to a target."""
    row = drafts.locked(by=by, version=version)
    document = queries.draft_document(row)
    done = rubric.scaled_to(rubric.parse(document), target)
    _put(document, done)
    return drafts.store(by=by, row=row, document=document, what=f"made points sum to {target:g}"), done.sentence


@transaction.atomic
def apply_weights(
    *, by: Actor, version: RubricVersion, criteria: Mapping[str, float], groups: Mapping[str, float] | None = None,
    what: str = "set weights", expected_revision: int | None = None,
) -> RubricVersion:  # fmt: skip
    """Set the weights of criteria, and of groups where given, as one step; tiers then no longer give the weights."""
    row = drafts.locked(by=by, version=version, expected_revision=expected_revision)
    document = queries.draft_document(row)
    set_weights(document, criteria, groups or {})
    steps.remember_start(row)
    if queries.weighting_mode(row) == rubric.Mode.TIER:
        row.weighting = {**row.weighting, "mode": rubric.Mode.WEIGHT.value}
    return drafts.store(by=by, row=row, document=document, what=what)


def set_weights(document: Document, criteria: Mapping[str, float], groups: Mapping[str, float]) -> None:
    """Put weights into a document; raises Invalid for what it does not have."""
    _set(document["criteria"], criteria, "criteria")
    _set(document["groups"], groups, "groups")


def _set(parts: list[dict[str, Any]], weights: Mapping[str, float], where: str) -> None:
    known = {part["id"]: part for part in parts}
    for name, weight in weights.items():
        if name not in known:
            problem = errors.Problem(f"/{where}/{name[:80]}", "is not in the draft")
            raise errors.Invalid(
                f"The draft has no {name[:80]!r} any more.", code="unknown_criterion", problems=[problem]
            )
        known[name]["weight"] = weight


def settle(criterion: dict[str, Any], version: RubricVersion, changes: Mapping[str, Any]) -> None:
    """Where tiers give the weights, a new tier or polarity brings its weight."""
    if queries.weighting_mode(version) == rubric.Mode.TIER and {"tier", "polarity"} & set(changes):
        pitfall = criterion["polarity"] == "negative"
        tier = rubric.Tier(criterion["tier"]) if criterion["tier"] else None
        criterion["weight"] = rubric.tier_weight(tier, pitfall=pitfall, tier_weights=queries.tier_weights(version))


def settle_new(criterion: dict[str, Any], version: RubricVersion) -> None:
    """Where tiers give the weights, a new criterion without a weight of its own gets that of its tier."""
    if "weight" not in criterion and queries.weighting_mode(version) == rubric.Mode.TIER:
        criterion |= {"tier": criterion.get("tier"), "polarity": criterion.get("polarity", "positive")}
        settle(criterion, version, {"tier": criterion["tier"]})


def _put(document: Document, done: rubric.Weighed) -> None:
    for criterion in document["criteria"]:
        tier = done.tiers[criterion["id"]]
        criterion["weight"] = done.weights[criterion["id"]]
        criterion["tier"] = str(tier) if tier else None
