"""Edits of a draft's criteria, one intention each."""

from collections.abc import Sequence
from typing import Any, Literal

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import drafts, groups, joining, weighting
from domain import errors, rubric

Document = dict[str, Any]
Direction = Literal["up", "down"]


def add_criterion(
    *, by: Actor, version: RubricVersion, values: dict[str, Any], expected_revision: int | None = None
) -> RubricVersion:
    """Add a criterion at the end of its group."""
    return add_criteria(by=by, version=version, criteria=[values], expected_revision=expected_revision)


def add_criteria(
    *,
    by: Actor,
    version: RubricVersion,
    criteria: Sequence[dict[str, Any]],
    expected_revision: int | None = None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Add several criteria as one step, such as a pasted list."""

    def edit(document: Document) -> None:
        for values in criteria:
            name = values.get("id") or free_id(document, values.get("text", ""))
            document["criteria"].append({"group": None, **values, "id": name})
            weighting.settle_new(document["criteria"][-1], version)

    what = "added a criterion" if len(criteria) == 1 else f"added {len(criteria)} criteria"
    return keep(by=by, version=version, what=what, edit=edit, expected_revision=expected_revision)


def add_pasted(
    *,
    by: Actor,
    version: RubricVersion,
    criteria: Sequence[dict[str, Any]],
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Add criteria with the titles of the groups they lie in; groups of the draft are found by title, others made."""

    def edit(document: Document) -> None:
        known: dict[tuple[str | None, str], str] = {}
        for group in reversed(document["groups"]):
            known[group["parent"], group["title"]] = group["id"]
        for values in criteria:
            inside: str | None = None
            for title in values["path"]:
                if (inside, title) not in known:
                    name = groups.free_id(document, title)
                    document["groups"].append({"id": name, "title": title, "parent": inside, "weight": 1.0})
                    known[inside, title] = name
                inside = known[inside, title]
            rest = {key: value for key, value in values.items() if key != "path"}
            document["criteria"].append({**rest, "group": inside, "id": free_id(document, values["text"])})

    return keep(by=by, version=version, what=f"pasted {len(criteria)} criteria", edit=edit)


def edit_criterion(
    *,
    by: Actor,
    version: RubricVersion,
    criterion_id: str,
    changes: dict[str, Any],
    expected_revision: int | None = None,
    seen: joining.Seen | None = None,
    burst: bool = False,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Change some keys of a criterion; its id stays. What others changed since the person saw it stays too."""

    def edit(document: Document) -> None:
        found = criterion_in(document, criterion_id)
        own = {key: value for key, value in changes.items() if key != "id"}
        found.update(joining.join(found, own, seen or joining.Seen()))
        weighting.settle(found, version, changes)

    return keep(
        by=by,
        version=version,
        what=f"edited {criterion_id}",
        edit=edit,
        expected_revision=expected_revision,
        burst=burst,
    )


def delete_criterion(
    *, by: Actor, version: RubricVersion, criterion_id: str, expected_revision: int | None = None
) -> RubricVersion:
    """Take a criterion out of the draft."""

    def edit(document: Document) -> None:
        document["criteria"].remove(criterion_in(document, criterion_id))

    return drafts.change(
        by=by, version=version, what=f"deleted {criterion_id}", edit=edit, expected_revision=expected_revision
    )


def move_criterion(
    *,
    by: Actor,
    version: RubricVersion,
    criterion_id: str,
    direction: Direction,
    expected_revision: int | None = None,
) -> RubricVersion:
    """Move a criterion one place up or down as the screen shows it; at the edge of a group it enters the next."""

    def edit(document: Document) -> None:
        criterion_in(document, criterion_id)
        sections = [(section.group, list(section.criteria)) for section in queries.outline(document)]
        step(sections, criterion_id, direction)
        lay_out(document, sections)

    return drafts.change(
        by=by, version=version, what=f"moved {criterion_id}", edit=edit, expected_revision=expected_revision
    )


def order_criteria(
    *,
    by: Actor,
    version: RubricVersion,
    group: str | None,
    order: Sequence[str],
    expected_revision: int | None = None,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Give a group these criteria in this order, as after a drag; those of the group not named follow."""

    def edit(document: Document) -> None:
        moved = [criterion_in(document, name)["id"] for name in dict.fromkeys(order)]
        sections = [
            (section.group, [name for name in section.criteria if name not in moved])
            for section in queries.outline(document)
        ]
        for name, members in sections:
            if name == group:
                members[:0] = moved
                break
        else:
            raise errors.NotFound(f"There is no group {group!r} in this draft.", code="group_unknown")
        lay_out(document, sections)

    return keep(by=by, version=version, what="changed the order", edit=edit, expected_revision=expected_revision)


def criterion_in(document: Document, criterion_id: str) -> dict[str, Any]:
    """The criterion of this id in a document."""
    for criterion in document["criteria"]:
        if criterion["id"] == criterion_id:
            found: dict[str, Any] = criterion
            return found
    raise errors.NotFound("This criterion is no longer in the draft.", code="criterion_unknown")


def free_id(document: Document, text: str) -> str:
    """An id for a new criterion that no other has."""
    taken = {criterion["id"] for criterion in document["criteria"]}
    place = len(document["criteria"])
    while (name := rubric.criterion_id(place, text)) in taken:
        place += 1
    return name


def step(sections: list[tuple[str | None, list[str]]], criterion_id: str, direction: Direction) -> None:
    """Move a criterion one place within the sections, at the edge of one into its neighbour."""
    at = next(n for n, (_, members) in enumerate(sections) if criterion_id in members)
    members = sections[at][1]
    place = members.index(criterion_id)
    way = -1 if direction == "up" else 1
    if 0 <= place + way < len(members):
        members[place], members[place + way] = members[place + way], members[place]
    elif 0 <= at + way < len(sections):
        members.pop(place)
        neighbour = sections[at + way][1]
        neighbour.insert(len(neighbour) if direction == "up" else 0, criterion_id)


def lay_out(document: Document, sections: list[tuple[str | None, list[str]]]) -> None:
    """Put the document's criteria in the order of the sections, each in the section's group."""
    by_id = {criterion["id"]: criterion for criterion in document["criteria"]}
    document["criteria"] = [{**by_id[name], "group": group} for group, members in sections for name in members]
