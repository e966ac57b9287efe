"""The library page: rows with the passages that were found, and what can be filtered by."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.paginator import Page, Paginator

from apps.accounts.permissions import Actor, Role
from apps.rubrics import forms, queries
from apps.rubrics.models import Rubric

PER_PAGE = 50
LABELS = {"show": "Whose", "status": "State", "scope": "Scope", "sort": "Order", "tag": "Tag", "author": "Made by"}


@dataclass(frozen=True)
class Shelved:
    """A rubric in the list; pieces are texts with whether they were searched for."""

    rubric: Rubric
    title: list[tuple[str, bool]]
    passage: list[tuple[str, bool]]


def library(actor: Actor, form: forms.FilterForm, page: str | None) -> dict[str, Any]:
    """One page of the library; `lists` is asked for by the whole page alone, not while somebody types."""
    wanted = form.wanted()
    found = _page(actor, wanted, page or "")
    rubrics = queries.with_figures(actor, found)
    passages = queries.passages(rubrics, wanted.q)
    return {
        "page": found,
        "rows": [
            Shelved(rubric, queries.marked(rubric.title, wanted.q), queries.split(passages.get(rubric.pk, "")))
            for rubric in rubrics
        ],
        "wanted": wanted,
        "filtered": wanted.narrowed,
        "lists": cache(lambda: _lists(actor, wanted)),
        "sets": queries.rubric_sets(actor),
        "may_write": actor.can(Role.AUTHOR),
    }


def _lists(actor: Actor, wanted: queries.Wanted) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """What can be filtered by: name, label, choices and the one chosen; a list with nothing to choose is left out."""
    lists: dict[str, list[tuple[str, str]]] = {
        **forms.CHOICES,
        "tag": [("", "any tag"), *((tag, tag) for tag in queries.tags(actor))],
        "author": [("", "anybody"), *((str(key), name) for key, name in queries.authors(actor))],
        "language": [("", "any language"), *((name, name) for name in queries.languages(actor))],
    }
    return [
        (name, LABELS.get(name, name.capitalize()), offered, getattr(wanted, name))
        for name, offered in lists.items()
        if len(offered) > 2 or getattr(wanted, name)
    ]


def _page(actor: Actor, wanted: queries.Wanted, asked: str) -> Page[Rubric]:
    """The page asked for, or the nearest there is, found and counted in one query wherever it exists."""
    number = int(asked) if asked.isdecimal() and len(asked) < 7 else 1
    start = max(number - 1, 0) * PER_PAGE
    rows, total = queries.library_slice(actor, wanted, start, PER_PAGE)
    shelf: Paginator[Any] = Paginator(range(total), PER_PAGE)
    nearest = shelf.get_page(asked).number
    if (nearest - 1) * PER_PAGE != start:
        rows, _ = queries.library_slice(actor, wanted, (nearest - 1) * PER_PAGE, PER_PAGE)
    return Page(rows, nearest, shelf)
