"""Where a few words lead: pages, and whatever has a name and a page of its own that this person may see."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from apps.accounts import registry as admin
from apps.accounts.permissions import Actor, Role
from apps.core import navigation
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.judging.models import Run
from apps.judging.queries.runs import SHOWN
from apps.review.models import Queue
from apps.rubrics.models import Rubric, RubricSet
from apps.training.models import Release, TrainingRun

MOST = 6
LONGEST = 200
PAGES = "Go to"


@dataclass(frozen=True)
class Found:
    """A place: its kind, its name, what tells it from others of that name, and its address."""

    group: str
    label: str
    hint: str
    url: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing that has a name and a page: where it is looked for, and how a row of it is shown."""

    group: str
    rows: Callable[[Actor], QuerySet[Any]]
    columns: tuple[str, ...]
    label: Callable[[Any], str]
    hint: Callable[[Any], str]
    page: Callable[[Any], tuple[str, Any]]
    role: Role = Role.VIEWER


def _day(row: Any) -> str:
    return f"{row.created_at:%d %b %Y}"


def _rubrics(actor: Actor) -> QuerySet[Rubric]:
    rows = Rubric.objects.filter(workspace=actor.workspace, archived_at=None)
    return rows.order_by(F("rubric_set").asc(nulls_first=True), "title", "pk")


def _of(model: Any, *order: str, **wanted: Any) -> Callable[[Actor], QuerySet[Any]]:
    """The rows of a model in the actor's workspace."""
    return lambda actor: model.objects.filter(workspace=actor.workspace, **wanted).order_by(*order)


_TITLED, _NAMED = operator.attrgetter("title"), operator.attrgetter("name")
_SLUG = operator.attrgetter("slug")
KINDS = (
    Kind("Rubrics", _rubrics, ("title", "slug"), _TITLED, _SLUG, lambda row: ("rubrics:rubric", row.slug)),
    Kind("Rubric sets", _of(RubricSet, "title", "pk"), ("title", "name"), _TITLED, _NAMED,
         lambda row: ("rubrics:set", row.name)),
    Kind("Data sets", lambda actor: datasets.list_datasets(actor).order_by("title", "pk"), ("title", "slug"),
         _TITLED, _SLUG, lambda row: ("datasets:detail", row.slug)),
    Kind("Runs", _of(Run, "-created_at", purpose__in=SHOWN), ("name",), _NAMED, _day,
         lambda row: ("judging:detail", row.pk)),
    Kind("Review queues", _of(Queue, "-created_at"), ("name",), _NAMED, lambda row: str(row.get_state_display()),
         lambda row: ("review:queue", row.pk), Role.ANNOTATOR),
    Kind("Releases", _of(Release, "-created_at"), ("name",), _NAMED, _day, lambda row: ("training:release", row.name)),
    Kind("Training runs", _of(TrainingRun, "-created_at"), ("name", "policy_model"), _NAMED, _day,
         lambda row: ("training:run", row.pk)),
    Kind("Judges", lambda actor: judging.list_judges(actor).prefetch_related(None).order_by("name"), ("name",), _NAMED,
         lambda row: "default" if row.is_default else "", lambda row: ("judges:detail", row.name)),
)  # fmt: skip


def find(actor: Actor, words: str) -> list[Found]:
    """Places whose names have all the words, pages first; without words the pages alone. One query for each kind."""
    said = words.replace("\x00", " ").split()
    said = " ".join(said)[:LONGEST].split()
    pages = [page for page in _pages(actor) if all(word.casefold() in page.label.casefold() for word in said)]
    if not said:
        return pages
    return [*pages, *(found for kind in KINDS if actor.can(kind.role) for found in _found(actor, kind, said))]


def _found(actor: Actor, kind: Kind, said: list[str]) -> Iterator[Found]:
    for row in kind.rows(actor).filter(_named(said, *kind.columns))[:MOST]:
        name, key = kind.page(row)
        yield Found(kind.group, kind.label(row), kind.hint(row), reverse(name, args=[actor.workspace.slug, key]))


def _pages(actor: Actor) -> Iterator[Found]:
    slug = actor.workspace.slug
    for place in navigation.places():
        if actor.can(Role(place.minimum_role)):
            yield Found(PAGES, place.name, "", place.url(slug))
    yield Found(PAGES, "Standards matrix", "Rubrics", reverse("rubrics:standards", args=[slug]))
    yield Found(PAGES, "Writing criteria", "Guide", reverse("rubrics:guide", args=[slug]))
    yield Found(PAGES, "Background work", "Home", reverse("home:jobs", args=[slug]))
    for tab in admin.tabs(actor, ""):
        yield Found(PAGES, tab.label, "Admin", tab.url)
    yield Found(PAGES, "Your profile", "", reverse("accounts:profile"))
    yield Found(PAGES, "Your keys", "", reverse("accounts:keys"))


def _named(said: list[str], *columns: str) -> Q:
    """Every word stands in one of the columns."""
    wanted = Q()
    for word in said:
        one = Q()
        for column in columns:
            one |= Q(**{f"{column}__icontains": word})
        wanted &= one
    return wanted
