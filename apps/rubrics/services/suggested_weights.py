"""Weights that somebody suggests instead of putting them into the draft."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import Hunk, Proposal, RubricVersion
from apps.rubrics.services import suggesting, weighting
from domain import errors


@transaction.atomic
def suggest_weights(
    *, by: Actor, version: RubricVersion, criteria: Mapping[str, float], groups: Mapping[str, float] | None = None,
    title: str, evidence: Mapping[str, Any] | None = None,
) -> Proposal:  # fmt: skip
    """Let weights be one step of what this person suggests for a version, which itself stays as it is.

    Each edit of a weight carries the evidence: how the weights were found, and what they would do.
    """

    def edit(document: dict[str, Any]) -> None:
        weighting.set_weights(document, criteria, groups or {})

    suggesting.as_suggestion(by=by, version=version, what=f"suggested weights by {title}", edit=edit)
    mine = queries.own_suggestion(version, by)
    changed = [] if mine is None else [hunk for hunk in mine.hunks.filter(decision="open") if _reweighs(hunk)]
    if mine is None or not changed:
        raise errors.Invalid("The version has these weights already.", code="nothing_proposed")
    for hunk in changed:
        hunk.evidence = {**hunk.evidence, "weights by": title, **(evidence or {})}
    Hunk.objects.bulk_update(changed, ["evidence"])
    return mine


def _reweighs(hunk: Hunk) -> bool:
    before, after = hunk.before, hunk.after
    return isinstance(before, dict) and isinstance(after, dict) and before.get("weight") != after.get("weight")
