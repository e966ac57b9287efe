"""Rubrics and their versions by name, number and digest, limited to the person's workspace."""

import re
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Coalesce

from apps.accounts.permissions import Actor
from apps.rubrics.models import Criterion, Decision, Group, Rubric, RubricVersion, VersionStatus
from domain import errors
from domain import rubric as rubrics

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def get_rubric(actor: Actor, slug: str) -> Rubric:
    """The rubric of this name."""
    found = Rubric.objects.select_related("rubric_set").filter(workspace=actor.workspace, slug=slug).first()
    if found is None:
        raise errors.NotFound(f"There is no rubric named {slug} in this workspace.", code="rubric_unknown")
    return found


def get_version(actor: Actor, slug: str, number: int) -> RubricVersion:
    """The numbered version of the rubric of this name."""
    found = _versions(actor).filter(rubric__slug=slug, number=number).first()
    if found is None:
        raise errors.NotFound(f"There is no version {slug}@{number} in this workspace.", code="version_unknown")
    return found


def latest_approved(actor: Actor, slug: str) -> RubricVersion:
    """The one approved version of the rubric of this name."""
    found = _versions(actor).filter(rubric__slug=slug, status=VersionStatus.APPROVED).first()
    if found is None:
        get_rubric(actor, slug)
        raise errors.NotFound(f"No version of {slug} is approved.", code="no_approved_version")
    return found


def by_digest(actor: Actor, digest: str) -> RubricVersion:
    """A version that left draft, by its digest; where several say the same, one that is or was approved, the latest."""
    known = _DIGEST.fullmatch(digest) is not None
    same = _versions(actor).filter(digest=digest if known else "-").exclude(status=VersionStatus.DRAFT)
    found = sorted(same, key=lambda row: (row.status != VersionStatus.APPROVED, row.approved_at is None, -row.pk))
    if not found:
        raise errors.NotFound(f"No version has the digest {digest}.", code="version_unknown")
    return found[0]


def last_edited_draft(actor: Actor) -> RubricVersion | None:
    """The draft that somebody worked on last; None where there is no draft with criteria."""
    drafts = _versions(actor).filter(status=VersionStatus.DRAFT, rubric__rubric_set=None, criteria__isnull=False)
    return drafts.order_by(Coalesce("edited_at", "created_at").desc(), "-pk").first()


def get_criterion(version: RubricVersion, key: int) -> Criterion:
    """The row of a criterion; it may be gone since the page was shown."""
    found = version.criteria.select_related("group").filter(pk=key).first()
    if found is None:
        raise errors.NotFound("This criterion is no longer in this version.", code="criterion_unknown")
    return found


def get_group(version: RubricVersion, key: int) -> Group:
    """The row of a group; it may be gone since the page was shown."""
    found = version.groups.select_related("parent").filter(pk=key).first()
    if found is None:
        raise errors.NotFound("This group is no longer in this version.", code="group_unknown")
    return found


def newest_version(rubric: Rubric) -> RubricVersion:
    """The version a person most likely wants to see: the newest draft or review, else the approved, else the last."""
    return newest_of(rubric.versions.select_related("rubric__workspace").defer("document"))


def newest_of(versions: Iterable[RubricVersion]) -> RubricVersion:
    """The same among versions of one rubric, of which there is at least one."""
    order = [VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED, VersionStatus.RETIRED]
    return min(versions, key=lambda version: (order.index(VersionStatus(version.status)), -version.number))


def versions_of(rubric: Rubric) -> list[RubricVersion]:
    """All versions, newest first, with who made them and what was decided."""
    decisions = Decision.objects.select_related("by").order_by("pk")
    return list(
        rubric.versions.select_related("created_by", "submitted_by", "parent")
        .prefetch_related(Prefetch("decisions", decisions))
        .defer("document")
        .order_by("-number")
    )


def weighting_mode(version: RubricVersion) -> rubrics.Mode:
    """How the author weighs this version."""
    return rubrics.Mode(version.weighting.get("mode", rubrics.Mode.WEIGHT))


def tier_weights(version: RubricVersion) -> dict[str, float]:
    """The weight of each tier and of pitfalls, where tiers give the weights."""
    return {**rubrics.TIER_WEIGHTS, **version.weighting.get("tiers", {})}


def _versions(actor: Actor) -> QuerySet[RubricVersion]:
    return RubricVersion.objects.select_related(
        "rubric", "rubric__rubric_set", "rubric__workspace", "translation_of__rubric"
    ).filter(rubric__workspace=actor.workspace)
