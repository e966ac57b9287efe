"""The library: rubrics that stand for themselves, with the figures of their row; sets are listed apart."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.accounts.permissions import Actor
from apps.rubrics.models import Favourite, Rubric, RubricSet, RubricSetVersion, RubricVersion, VersionStatus
from apps.rubrics.queries import searching

ARCHIVED = "archived"
ORDERS = {
    "title": ("title", "pk"),
    "newest": ("-created_at", "-pk"),
    "oldest": ("created_at", "pk"),
}
LAST_EDITED = ("-last_edit", "-pk")
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
    """Rubrics of the workspace in the order asked for, last edited first; `with_figures` gives those of a page more."""
    found = _found(actor, wanted)
    return found.order_by(*ORDERS.get(wanted.sort, LAST_EDITED))


def library_size(actor: Actor, wanted: Wanted = EVERYTHING) -> int:
    """How many rubrics are as asked for."""
    return _found(actor, wanted).count()


def library_slice(actor: Actor, wanted: Wanted, start: int, size: int) -> tuple[list[Rubric], int]:
    """`size` rubrics from a place in the list on, with nothing but their keys, and how many the whole list has."""
    counted = library(actor, wanted).annotate(total=Window(Count("*"))).only("pk")
    rows: list[Any] = list(counted[start : start + size])
    if rows:
        return rows, rows[0].total
    return [], library_size(actor, wanted) if start else 0


def _found(actor: Actor, wanted: Wanted) -> QuerySet[Rubric]:
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
    shown = {
        Show.MINE: Q(created_by=actor.user),
        Show.FAVOURITES: Q(_starred(actor)),
        Show.TEMPLATES: Q(is_template=True),
    }
    if wanted.show in shown:
        found = found.filter(shown[Show(wanted.show)])
    return found


def with_figures(actor: Actor, rubrics: Iterable[Rubric]) -> list[Rubric]:
    """The rubrics of one page, in their order, with the figures that their rows show."""
    order = {rubric.pk: n for n, rubric in enumerate(rubrics)}
    found = _with_figures(Rubric.objects.filter(pk__in=order).select_related("created_by"))
    rows = found.annotate(starred=_starred(actor))
    return sorted(rows, key=lambda row: order[row.pk])


def _starred(actor: Actor) -> Exists:
    return Exists(Favourite.objects.filter(rubric=OuterRef("pk"), user=actor.user))


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
    return found.annotate(
        approved_number=Subquery(approved.values("number")[:1]),
        approved_digest=Subquery(approved.values("digest")[:1], output_field=CharField()),
        open_count=Coalesce(Subquery(drafts, output_field=IntegerField()), 0),
        newest_number=Subquery(newest.values("number")[:1]),
        newest_status=Subquery(newest.values("status")[:1]),
        criteria_count=Coalesce(Subquery(criteria, output_field=IntegerField()), 0),
    )
