"""The library: rubrics that stand for themselves, with the figures of their row; sets are listed apart."""

from django.db.models import CharField, Count, Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from apps.accounts.permissions import Actor
from apps.rubrics.models import Rubric, RubricSet, RubricSetVersion, RubricVersion, VersionStatus
from apps.rubrics.queries import searching

ARCHIVED = "archived"
OPEN = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW)


def library(actor: Actor, *, q: str = "", tag: str = "", status: str = "") -> QuerySet[Rubric]:
    """Rubrics of the workspace, last edited first, each with the figures its row shows."""
    shelved = status == ARCHIVED
    found = Rubric.objects.filter(workspace=actor.workspace, rubric_set=None, archived_at__isnull=not shelved)
    if words := q.replace("\x00", " ").strip():
        found = searching.matching(found, words)
    if tag:
        found = found.filter(tags__contains=[tag.replace("\x00", "")])
    if status and not shelved:
        found = found.filter(Exists(_versions().filter(status=status.replace("\x00", ""))))
    return _with_figures(found.select_related("created_by"))


def tags(actor: Actor) -> list[str]:
    """All tags in use, for the filter."""
    rows = Rubric.objects.filter(workspace=actor.workspace, rubric_set=None, archived_at=None)
    used = rows.annotate(tag=Func(F("tags"), function="unnest")).order_by().values_list("tag", flat=True)
    return sorted(used.distinct())


def draft_count(actor: Actor) -> int:
    """How many rubrics of the library have an open draft or a version in review."""
    return (
        RubricVersion.objects.filter(rubric__workspace=actor.workspace, rubric__rubric_set=None, status__in=OPEN)
        .values("rubric")
        .distinct()
        .count()
    )


def rubric_count(actor: Actor) -> int:
    """How many rubrics the library holds."""
    return Rubric.objects.filter(workspace=actor.workspace, rubric_set=None, archived_at=None).count()


def rubric_sets(actor: Actor) -> QuerySet[RubricSet]:
    """Rubric sets with the number and state of their newest version and its size."""
    newest = RubricSetVersion.objects.filter(rubric_set=OuterRef("pk")).order_by("-number")
    size = newest.annotate(size=Count("members")).values("size")[:1]
    return (
        RubricSet.objects.filter(workspace=actor.workspace)
        .annotate(
            newest_number=Subquery(newest.values("number")[:1]),
            newest_status=Subquery(newest.values("status")[:1]),
            size=Subquery(size, output_field=IntegerField()),
        )
        .select_related("created_by")
        .order_by("name")
    )


def _versions() -> QuerySet[RubricVersion]:
    return RubricVersion.objects.filter(rubric=OuterRef("pk"))


def _with_figures(found: QuerySet[Rubric]) -> QuerySet[Rubric]:
    approved = _versions().filter(status=VersionStatus.APPROVED)
    drafts = _versions().filter(status__in=OPEN).order_by().values("rubric").annotate(n=Count("pk")).values("n")
    newest = _versions().order_by("-number")
    criteria = newest.annotate(n=Count("criteria")).values("n")[:1]
    edited = _versions().order_by(F("edited_at").desc(nulls_last=True)).values("edited_at")[:1]
    made = _versions().order_by("-created_at").values("created_at")[:1]
    return found.annotate(
        approved_number=Subquery(approved.values("number")[:1]),
        approved_digest=Subquery(approved.values("digest")[:1], output_field=CharField()),
        open_count=Coalesce(Subquery(drafts, output_field=IntegerField()), 0),
        newest_number=Subquery(newest.values("number")[:1]),
        newest_status=Subquery(newest.values("status")[:1]),
        criteria_count=Coalesce(Subquery(criteria, output_field=IntegerField()), 0),
        last_edit=Greatest(Subquery(edited), Subquery(made), "created_at"),
    ).order_by("-last_edit", "-pk")
