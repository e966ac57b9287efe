"""Named weight sets: stored as they are, every change a new version, retired when they are no longer offered."""

import math
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Profile, ProfileEnd, Rubric, RubricVersion
from domain import errors, weighing
from domain import rubric as rubrics

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
MOST_TEXT = 2000


class ProfileInvalid(errors.Invalid):
    """A profile that cannot be stored as it is."""

    default_code = "profile_invalid"


@transaction.atomic
def save_profile(
    *, by: Actor, version: RubricVersion, name: str, weights: Mapping[str, float], description: str = "",
    source: Mapping[str, Any] | None = None,
) -> Profile:  # fmt: skip
    """Store weights under a name, as its next version; weights that are the newest version's already change nothing.

    Criteria of the version that are not named weigh nothing. Weights are scaled to sum to one; where the score is a
    plain sum of points, to the sum that the version has.
    """
    permissions.check_may_write(by, version.rubric.workspace_id)
    if not _NAME.fullmatch(name):
        said = "A profile has a name of lower-case letters, digits and hyphens, as in short-answers."
        raise ProfileInvalid(said, problems=[errors.Problem("/name", said)])
    if len(description) > MOST_TEXT:
        said = f"A description has at most {MOST_TEXT:,} characters."
        raise ProfileInvalid(said, problems=[errors.Problem("/description", said)])
    Rubric.objects.select_for_update(no_key=True).get(pk=version.rubric_id)
    full = _complete(queries.domain_rubric(version), weights)
    digest = rubrics.sha256({"profile": full})
    last = Profile.objects.filter(rubric=version.rubric_id, name=name).select_related("end").order_by("-number").first()
    if last is not None and last.digest == digest and last.description == description and not queries.is_retired(last):
        return last
    made = Profile.objects.create(
        rubric=version.rubric, name=name, number=last.number + 1 if last else 1, weights=full, digest=digest,
        description=description, source=dict(source or {"kind": "hand"}), created_by=by.user,
    )  # fmt: skip
    detail = {"profile": str(made), "digest": digest, "version": str(version), "source": made.source}
    history.record(by=by, workspace=by.workspace, action="profile.saved", target=version.rubric, detail=detail)
    return made


@transaction.atomic
def retire_profile(*, by: Actor, profile: Profile) -> Profile:
    """Offer a profile no longer; what names it with its number goes on. A new version of it is offered again."""
    permissions.check_may_write(by, profile.rubric.workspace_id)
    _, made = ProfileEnd.objects.get_or_create(profile=profile, defaults={"by": by.user})
    if made:
        detail = {"profile": str(profile), "digest": profile.digest}
        history.record(by=by, workspace=by.workspace, action="profile.retired", target=profile.rubric, detail=detail)
    return queries.get_profile(by, profile.pk)


def _complete(rubric: rubrics.Rubric, weights: Mapping[str, float]) -> dict[str, float]:
    strange = sorted(set(weights) - {one.id for one in rubric.criteria})
    if strange:
        raise ProfileInvalid(
            f"The rubric has no criterion {strange[0][:80]!r}.", code="unknown_criterion",
            problems=[errors.Problem(f"/weights/{name}", "is no criterion of this rubric") for name in strange[:20]],
        )  # fmt: skip
    try:
        shares = weighing.normalised({one.id: weights.get(one.id, 0.0) for one in rubric.criteria})
    except errors.Invalid as wrong:
        problems = [errors.Problem(f"/weights{one.pointer}", one.message) for one in wrong.problems]
        raise ProfileInvalid(wrong.message, problems=problems) from None
    total = 1.0
    if any(isinstance(step, rubrics.WeightedStep) and step.normalise == "none" for step in rubric.scoring):
        total = math.fsum(one.weight for one in rubric.criteria) or 1.0
    return {name: float(f"{share * total:.12g}") for name, share in shares.items()}
