"""Edits of a draft's groups and of the version's own fields."""

from typing import Any

from django.utils.text import slugify

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import drafts, joining
from domain import errors, rubric

Document = dict[str, Any]
VERSION_KEYS = frozenset(rubric.Rubric.model_fields) - {"criteria", "groups"}


def add_group(
    *,
    by: Actor,
    version: RubricVersion,
    title: str,
    weight: float = 1.0,
    parent: str | None = None,
    expected_revision: int | None = None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Add a group, at the end of its parent's."""

    def edit(document: Document) -> None:
        name = free_id(document, title)
        document["groups"].append({"id": name, "title": title, "parent": parent, "weight": weight})

    return keep(by=by, version=version, what="added a group", edit=edit, expected_revision=expected_revision)


def edit_group(
    *,
    by: Actor,
    version: RubricVersion,
    group_id: str,
    changes: dict[str, Any],
    expected_revision: int | None = None,
    seen: joining.Seen | None = None,
    burst: bool = False,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Change title, weight or parent of a group; what others changed since the person saw it stays."""

    def edit(document: Document) -> None:
        found = group_in(document, group_id)
        own = {key: value for key, value in changes.items() if key != "id"}
        found.update(joining.join(found, own, seen or joining.Seen()))

    return keep(
        by=by,
        version=version,
        what=f"edited group {group_id}",
        edit=edit,
        expected_revision=expected_revision,
        burst=burst,
    )


def delete_group(
    *,
    by: Actor,
    version: RubricVersion,
    group_id: str,
    expected_revision: int | None = None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Dissolve a group; what lay in it moves to the group above."""

    def edit(document: Document) -> None:
        gone = group_in(document, group_id)
        document["groups"].remove(gone)
        for item, key in [*((g, "parent") for g in document["groups"]), *((c, "group") for c in document["criteria"])]:
            if item[key] == group_id:
                item[key] = gone["parent"]

    return keep(
        by=by, version=version, what=f"deleted group {group_id}", edit=edit, expected_revision=expected_revision
    )


def edit_version(
    *,
    by: Actor,
    version: RubricVersion,
    changes: dict[str, Any],
    what: str = "edited the settings",
    expected_revision: int | None = None,
    seen: joining.Seen | None = None,
    burst: bool = False,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Change what belongs to the version as a whole; what others changed since the person saw it stays."""
    unknown = sorted(set(changes) - VERSION_KEYS)
    if unknown:
        raise errors.Invalid(f"A version has no field {unknown[0]!r}.", code="unknown_field")

    def edit(document: Document) -> None:
        present = {key: document[key] for key in changes}
        document.update(joining.join(present, changes, seen or joining.Seen()))

    return keep(by=by, version=version, what=what, edit=edit, expected_revision=expected_revision, burst=burst)


def place_group(
    *,
    by: Actor,
    version: RubricVersion,
    group_id: str,
    before: str | None = None,
    into: str | None = None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Put a group, with all that lies in it, into one, else before another one of the same parent, else behind all."""

    def edit(document: Document) -> None:
        if before == group_id:
            return
        groups = document["groups"]
        moved = group_in(document, group_id)
        goal = group_in(document, before) if before is not None else None
        moved["parent"] = goal["parent"] if goal is not None else None
        if into is not None:
            moved["parent"], goal = group_in(document, into)["id"], None
        groups.remove(moved)
        groups.insert(groups.index(goal) if goal is not None else len(groups), moved)

    return keep(by=by, version=version, what=f"moved group {group_id}", edit=edit)


def move_group(
    *,
    by: Actor,
    version: RubricVersion,
    group_id: str,
    direction: str,
    expected_revision: int | None = None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Move a group, with all that lies in it, before or after its neighbour of the same parent."""

    def edit(document: Document) -> None:
        groups = document["groups"]
        parent = group_in(document, group_id)["parent"]
        places = [n for n, group in enumerate(groups) if group["parent"] == parent]
        at = next(k for k, n in enumerate(places) if groups[n]["id"] == group_id)
        other = at + (-1 if direction == "up" else 1)
        if 0 <= other < len(places):
            here, there = places[at], places[other]
            groups[here], groups[there] = groups[there], groups[here]

    return keep(by=by, version=version, what=f"moved group {group_id}", edit=edit, expected_revision=expected_revision)


def group_in(document: Document, group_id: str) -> dict[str, Any]:
    """The group of this id in a document."""
    for group in document["groups"]:
        if group["id"] == group_id:
            found: dict[str, Any] = group
            return found
    raise errors.NotFound("This group is no longer in the draft.", code="group_unknown")


def free_id(document: Document, title: str) -> str:
    """An id for a new group that no other has."""
    taken = {group["id"] for group in document["groups"]}
    base = slugify(title)[:60] or "group"
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
