"""Where a copy may go, and which criteria of the library a draft may take over."""

from typing import Any

from apps.accounts import queries as accounts
from apps.accounts.permissions import Actor, Role
from apps.rubrics import forms, queries
from apps.rubrics.models import Criterion, RubricVersion
from apps.rubrics.pages.frame import frame


def writable_workspaces(actor: Actor) -> list[tuple[str, str]]:
    """The workspaces in which the person writes, the present one first: slug and name."""
    mine = [row.workspace for row in accounts.memberships_of(actor.user) if Role(row.role).at_least(Role.AUTHOR)]
    here = sorted(mine, key=lambda workspace: (workspace.pk != actor.workspace.pk, workspace.name))
    return [(workspace.slug, workspace.name) for workspace in here]


def clone_form(actor: Actor, version: RubricVersion, data: Any = None) -> forms.CloneForm:
    """The form that asks where a copy goes."""
    title = f"Copy of {version.title}"[:300]
    return forms.CloneForm(data, workspaces=writable_workspaces(actor), initial={"title": title})


def library_criteria(
    actor: Actor, version: RubricVersion, *, like: Criterion | None, words: str, after: str
) -> dict[str, Any]:
    """Criteria of other rubrics: nearly the same as `like`, or with the words that were typed."""
    if words:
        found = queries.criteria_with(actor, words, apart_from=version.rubric)
    elif like is not None:
        found = queries.similar_criteria(actor, like.text, apart_from=version.rubric)
    else:
        found = []
    return {
        **frame(actor, version, "edit"),
        "found": found,
        "like": like,
        "words": words,
        "after": after,
        "compares": queries.has_trigrams(),
    }
