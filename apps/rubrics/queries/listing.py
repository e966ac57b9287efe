"""The library: rubrics that stand for themselves, with the figures of their row; sets are listed apart."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from django.db.models import CharField, Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from apps.accounts.models import User
from apps.accounts.permissions import Actor
from apps.rubrics.models import Favourite, Rubric, RubricSet, RubricSetVersion, RubricVersion, VersionStatus
from apps.rubrics.queries import searching

ARCHIVED = "archived"
ORDERS = {
    "title": ("title", "pk"),
    "newest": ("-created_at", "-pk"),
    "oldest": ("created_at", "pk"),
    "longest": ("-criteria_count", "-pk"),
}
OPEN = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW)


class Show(StrEnum):
    """Whose or which rubrics."""

    MINE = "mine"
    FAVOURITES = "favourites"
    TEMPLATES = "templates"


@dataclass(frozen=True)
class Wanted:
    """What the library shows and in which order; empty values ask for everything."""

    q: str = ""
    tag: str = ""
    status: str = ""
    author: str = ""
    language: str = ""
    scope: str = ""
    show: str = ""
    sort: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order is asked for."""
        return any(value for name, value in asdict(self).items() if name != "sort")


EVERYTHING = Wanted()


def library(actor: Actor, wanted: Wanted = EVERYTHING) -> QuerySet[Rubric]:
    """Rubrics of the workspace in the order asked for, last edited first, each with the figures its row shows."""
    shelved = wanted.status == ARCHIVED
    found = Rubric.objects.filter(workspace=actor.workspace, rubric_set=None, archived_at__isnull=not shelved)
    if words := _storable(wanted.q).strip():
        found = searching.matching(found, words)
    if wanted.tag:
        found = found.filter(tags__contains=[_storable(wanted.tag)])
    if wanted.status and not shelved:
        found = found.filter(Exists(_versions().filter(status=_storable(wanted.status))))
    if wanted.language:
        found = found.filter(Exists(_living().filter(language=_storable(wanted.language))))
    if wanted.scope:
        found = found.filter(Exists(_living().filter(scope=_storable(wanted.scope))))
    if wanted.author.isdecimal():
        found = found.filter(created_by=int(wanted.author[:9]))
    starred = Exists(Favourite.objects.filter(rubric=OuterRef("pk"), user=actor.user))
    shown = {Show.MINE: Q(created_by=actor.user), Show.FAVOURITES: Q(starred), Show.TEMPLATES: Q(is_template=True)}
    if wanted.show in shown:
        found = found.filter(shown[Show(wanted.show)])
    rows = _with_figures(found.select_related("created_by")).annotate(starred=starred)
    return rows.order_by(*ORDERS[wanted.sort]) if wanted.sort in ORDERS else rows


def authors(actor: Actor) -> list[tuple[int, str]]:
    """Who made rubrics of the library, for the filter: key and name."""
    rows = Rubric.objects.filter(workspace=actor.workspace, rubric_set=None).order_by()
    people = User.objects.filter(pk__in=rows.values("created_by"))
    return sorted(((person.pk, person.name) for person in people), key=lambda pair: pair[1].casefold())


def languages(actor: Actor) -> list[str]:
    """The languages of the library's rubrics, for the filter."""
    rows = RubricVersion.objects.filter(rubric__workspace=actor.workspace, rubric__rubric_set=None)
    return sorted(rows.order_by().values_list("language", flat=True).distinct())


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


def _storable(text: str) -> str:
    return text.replace("\x00", " ")


def _living() -> QuerySet[RubricVersion]:
    return _versions().exclude(status=VersionStatus.RETIRED)


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
