"""Find and replace over a draft, as one step."""

from collections.abc import Collection
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import drafts
from domain import errors
from domain.rubric import replacing


def replace_text(
    *,
    by: Actor,
    version: RubricVersion,
    search: replacing.Search,
    chosen: Collection[str],
    expected_revision: int | None = None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Replace the chosen hits of a search; undo brings all of them back."""

    def edit(document: dict[str, Any]) -> None:
        if not chosen or not replacing.replaced(document, search, chosen):
            raise errors.Invalid("Choose at least one place first.", code="nothing_chosen")

    what = f"replaced “{search.find[:60]}” with “{search.replace[:60]}”"
    return keep(by=by, version=version, what=what, edit=edit, expected_revision=expected_revision)
