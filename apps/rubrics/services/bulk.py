"""Edits of several criteria of a draft at once, each one step that one undo takes back."""

import copy
from collections.abc import Sequence
from typing import Any

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from apps.rubrics.services import criteria, drafts, groups, weighting
from domain import errors

Document = dict[str, Any]
NEW_GROUP = "New group"


def insert_criterion(
    *,
    by: Actor,
    version: RubricVersion,
    after: str | None,
    values: dict[str, Any],
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Add a criterion right below another and in its group; below none it goes to the end."""

    def edit(document: Document) -> None:
        place, group = len(document["criteria"]), values.get("group")
        if after is not None:
            above = criteria.criterion_in(document, after)
            place, group = document["criteria"].index(above) + 1, above["group"]
        name = criteria.free_id(document, values["text"])
        document["criteria"].insert(place, {**values, "group": group, "id": name})
        weighting.settle_new(document["criteria"][place], version)

    return keep(by=by, version=version, what="added a criterion", edit=edit)


def change_together(
    *,
    by: Actor,
    version: RubricVersion,
    ids: Sequence[str],
    changes: dict[str, Any],
    factor: float | None = None,
    group: str = "",
    new_group: str = "",
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Change several criteria alike: keys, weights by a factor, and their group (`-` none, `=id` one, or a new one)."""

    def edit(document: Document) -> None:
        chosen = _chosen(document, ids)
        for found in chosen:
            _lay_over(found, changes)
            weighting.settle(found, version, changes)
            if factor is not None:
                found["weight"] = found["weight"] * factor
        if new_group:
            _place(document, chosen, _new_group(document, new_group, chosen[0]["group"]))
        elif group:
            _place(document, chosen, None if group == "-" else groups.group_in(document, group[1:])["id"])

    return keep(by=by, version=version, what=f"changed {_count(ids)} together", edit=edit)


def delete_criteria(
    *, by: Actor, version: RubricVersion, ids: Sequence[str], keep: drafts.Keep = drafts.change
) -> RubricVersion:
    """Take several criteria out of the draft."""

    def edit(document: Document) -> None:
        gone = {found["id"] for found in _chosen(document, ids)}
        document["criteria"] = [item for item in document["criteria"] if item["id"] not in gone]

    return keep(by=by, version=version, what=f"deleted {_count(ids)}", edit=edit)


def duplicate_criteria(
    *, by: Actor, version: RubricVersion, ids: Sequence[str], keep: drafts.Keep = drafts.change
) -> RubricVersion:
    """Put a copy with an id of its own below each of several criteria."""

    def edit(document: Document) -> None:
        for found in _chosen(document, ids):
            twin = {**copy.deepcopy(found), "id": criteria.free_id(document, found["text"])}
            document["criteria"].insert(document["criteria"].index(found) + 1, twin)

    return keep(by=by, version=version, what=f"duplicated {_count(ids)}", edit=edit)


def move_criteria(
    *,
    by: Actor,
    version: RubricVersion,
    ids: Sequence[str],
    direction: criteria.Direction,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Move several criteria one place up or down, keeping their order among themselves."""

    def edit(document: Document) -> None:
        chosen = {found["id"] for found in _chosen(document, ids)}
        sections = [(section.group, list(section.criteria)) for section in queries.outline(document)]
        order = [name for _, members in sections for name in members if name in chosen]
        blocked: set[str] = set()
        for name in order if direction == "up" else reversed(order):
            if not _at_the_wall(sections, name, direction, blocked):
                criteria.step(sections, name, direction)
            else:
                blocked.add(name)
        criteria.lay_out(document, sections)

    return keep(by=by, version=version, what=f"moved {_count(ids)} {direction}", edit=edit)


def nest_criteria(
    *,
    by: Actor,
    version: RubricVersion,
    ids: Sequence[str],
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Move criteria one group deeper: into the first group inside theirs, or into a new one where there is none."""

    def edit(document: Document) -> None:
        made: dict[str | None, str] = {}
        for found in _chosen(document, ids):
            above = found["group"]
            if above not in made:
                inside = next((g["id"] for g in document["groups"] if g["parent"] == above), None)
                made[above] = inside or _new_group(document, NEW_GROUP, above)
            found["group"] = made[above]

    return keep(by=by, version=version, what=f"nested {_count(ids)}", edit=edit)


def unnest_criteria(
    *,
    by: Actor,
    version: RubricVersion,
    ids: Sequence[str],
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Move criteria to the group above theirs."""

    def edit(document: Document) -> None:
        parents = {group["id"]: group["parent"] for group in document["groups"]}
        for found in _chosen(document, ids):
            found["group"] = parents.get(found["group"])

    return keep(by=by, version=version, what=f"unnested {_count(ids)}", edit=edit)


def nest_group(
    *,
    by: Actor,
    version: RubricVersion,
    group_id: str,
    way: str,
    keep: drafts.Keep = drafts.change,
) -> RubricVersion:
    """Move a group with all in it into the group before it, or out to the level of the group around it."""

    def edit(document: Document) -> None:
        found = groups.group_in(document, group_id)
        if way == "in":
            beside = [group for group in document["groups"] if group["parent"] == found["parent"]]
            place = beside.index(found)
            if place:
                found["parent"] = beside[place - 1]["id"]
        elif found["parent"] is not None:
            around = groups.group_in(document, found["parent"])
            document["groups"].remove(found)
            document["groups"].insert(document["groups"].index(around) + 1, found)
            found["parent"] = around["parent"]

    return keep(by=by, version=version, what=f"moved group {group_id} {way}", edit=edit)


def _chosen(document: Document, ids: Sequence[str]) -> list[dict[str, Any]]:
    wanted = set(ids)
    found = [item for item in document["criteria"] if item["id"] in wanted]
    if not found or len(found) < len(wanted):
        raise errors.NotFound("Some of these criteria are no longer in the draft.", code="criterion_unknown")
    return found


def _lay_over(found: dict[str, Any], changes: dict[str, Any]) -> None:
    """Set keys of a criterion; tags are laid over those that are there."""
    found.update({**changes, "tags": {**found["tags"], **changes.get("tags", {})}})


def _place(document: Document, chosen: list[dict[str, Any]], group: str | None) -> None:
    """Put criteria at the end of a group, in their order."""
    rest = [item for item in document["criteria"] if item not in chosen]
    document["criteria"] = rest + [{**item, "group": group} for item in chosen]


def _at_the_wall(sections: list[tuple[str | None, list[str]]], name: str, direction: str, blocked: set[str]) -> bool:
    """Whether nothing lies beyond but the edge of the rubric or others that are stopped there."""
    at = next(n for n, (_, members) in enumerate(sections) if name in members)
    members = sections[at][1]
    place = members.index(name)
    if direction == "up":
        return at == 0 and set(members[:place]) <= blocked
    return at == len(sections) - 1 and set(members[place + 1 :]) <= blocked


def _new_group(document: Document, title: str, parent: str | None) -> str:
    name = groups.free_id(document, title)
    document["groups"].append({"id": name, "title": title, "parent": parent, "weight": 1.0})
    return name


def _count(ids: Sequence[str]) -> str:
    return "a criterion" if len(ids) == 1 else f"{len(ids)} criteria"
