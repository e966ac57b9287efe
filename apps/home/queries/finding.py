"""Where a few words lead: pages, rubrics, data sets and runs that this person may see."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q
from django.urls import reverse

from apps.accounts import registry as admin
from apps.accounts.permissions import Actor, Role
from apps.core import navigation
from apps.datasets import queries as datasets
from apps.judging.models import Run
from apps.judging.queries.runs import SHOWN
from apps.rubrics.models import Rubric

MOST = 6
LONGEST = 200
RUBRICS, DATA, RUNS, PAGES = "Rubrics", "Data sets", "Runs", "Go to"


@dataclass(frozen=True)
class Found:
    """A place: its kind, its name, what tells it from others of that name, and its address."""

    group: str
    label: str
    hint: str
    url: str


def find(actor: Actor, words: str) -> list[Found]:
    """Places whose names have all the words, pages first; without words the pages alone. At most four queries."""
    said = words.replace("\x00", " ").split()
    said = " ".join(said)[:LONGEST].split()
    pages = [page for page in _pages(actor) if all(word.casefold() in page.label.casefold() for word in said)]
    if not said:
        return pages
    return [*pages, *_rubrics(actor, said), *_datasets(actor, said), *_runs(actor, said)]


def _pages(actor: Actor) -> Iterator[Found]:
    slug = actor.workspace.slug
    for place in navigation.places():
        if actor.can(Role(place.minimum_role)):
            yield Found(PAGES, place.name, "", place.url(slug))
    yield Found(PAGES, "Standards matrix", "Rubrics", reverse("rubrics:standards", args=[slug]))
    yield Found(PAGES, "Writing criteria", "Guide", reverse("rubrics:guide", args=[slug]))
    yield Found(PAGES, "Background work", "Home", reverse("home:jobs", args=[slug]))
    if actor.can(Role.AUTHOR):
        for tab in admin.tabs(actor, ""):
            yield Found(PAGES, tab.label, "Admin", tab.url)
    yield Found(PAGES, "Your profile", "", reverse("accounts:profile"))
    yield Found(PAGES, "Your keys", "", reverse("accounts:keys"))


def _rubrics(actor: Actor, said: list[str]) -> Iterator[Found]:
    rows = Rubric.objects.filter(_named(said, "title", "slug"), workspace=actor.workspace, archived_at=None)
    for row in rows.order_by(F("rubric_set").asc(nulls_first=True), "title", "pk")[:MOST]:
        yield Found(RUBRICS, row.title, row.slug, reverse("rubrics:rubric", args=[actor.workspace.slug, row.slug]))


def _datasets(actor: Actor, said: list[str]) -> Iterator[Found]:
    rows = datasets.list_datasets(actor).filter(_named(said, "title", "slug"))
    for row in rows.order_by("title", "pk")[:MOST]:
        yield Found(DATA, row.title, row.slug, reverse("datasets:detail", args=[actor.workspace.slug, row.slug]))


def _runs(actor: Actor, said: list[str]) -> Iterator[Found]:
    rows = Run.objects.filter(_named(said, "name"), workspace=actor.workspace, purpose__in=SHOWN)
    for row in rows.order_by("-created_at")[:MOST]:
        when = f"{row.created_at:%d %b %Y}"
        yield Found(RUNS, row.name, when, reverse("judging:detail", args=[actor.workspace.slug, row.pk]))


def _named(said: list[str], *columns: str) -> Q:
    """Every word stands in one of the columns."""
    wanted = Q()
    for word in said:
        one = Q()
        for column in columns:
            one |= Q(**{f"{column}__icontains": word})
        wanted &= one
    return wanted
