"""Where an edit goes: into the draft, or with `?suggest=1` into one's own suggestion."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import pages, queries, services
from apps.rubrics.models import RubricVersion

View = Callable[..., HttpResponseBase]
SUGGEST = "?suggest=1"
_edits = require_role(Role.AUTHOR, "edit rubrics")
_suggests = require_role(Role.ANNOTATOR, "suggest edits")


@dataclass(frozen=True)
class Way:
    """A version, how an edit of it is kept, and what the person sees of it now."""

    version: RubricVersion
    suggesting: queries.Suggesting | None = None

    @property
    def keep(self) -> dict[str, Any]:
        """What services are told beside the edit."""
        return {"keep": services.as_suggestion} if self.suggesting else {}

    def moving(self, *ids: str) -> dict[str, Any]:
        """The same for an edit that moves these criteria or groups."""
        return {"keep": functools.partial(services.as_suggestion, moved=ids)} if self.suggesting else {}

    @property
    def document(self) -> dict[str, Any]:
        """What the version says, or would say with the suggestion."""
        return self.suggesting.wanted if self.suggesting else queries.draft_document(self.version)

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The groups to choose from."""
        return pages.group_choices(self.suggesting.wanted if self.suggesting else queries.draft_frame(self.version))

    @property
    def mode(self) -> str:
        """What addresses end with, so that the next page is in the same mode."""
        return SUGGEST if self.suggesting else ""

    def part(self, row: str) -> dict[str, Any]:
        """The criterion of a row as this person sees it."""
        if self.suggesting:
            return self.suggesting.part(self.suggesting.named(row))
        return queries.criterion_part(queries.get_criterion(self.version, int(row) if row.isdecimal() else 0))

    def address(self, name: str, *more: int | str) -> str:
        """The URL of a page of this version in the same mode."""
        return pages.address(name, self.version, *more) + self.mode


def may_edit(view: Callable[..., Any]) -> View:
    """Authors edit; everyone but viewers suggests the same edit."""
    editing, suggesting = _edits(view), _suggests(view)

    @functools.wraps(view)
    def either(request: StudioRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (suggesting if "suggest" in request.GET else editing)(request, *args, **kwargs)

    return either


def way(request: StudioRequest, slug: str, number: int) -> Way:
    """The version of a URL and where edits of it go."""
    version = queries.get_version(request.actor, slug, number)
    return Way(version, queries.suggesting(version, request.actor) if "suggest" in request.GET else None)
