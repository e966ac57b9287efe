"""The order in which criteria stand on screen: without a group first, then group by group, down the tree."""

from dataclasses import dataclass
from typing import Any

from domain import rubric


@dataclass(frozen=True)
class Section:
    """One group, or none, with the ids of its criteria."""

    group: str | None
    depth: int
    criteria: tuple[str, ...]


def outline(document: dict[str, Any]) -> list[Section]:
    """The sections of a document; empty groups have one too."""
    groups = _down_the_tree(document["groups"], None, 0)
    members: dict[str | None, list[str]] = {None: []}
    for criterion in document["criteria"]:
        members.setdefault(criterion["group"], []).append(criterion["id"])
    return [Section(name, depth, tuple(members.get(name, ()))) for name, depth in [(None, 0), *groups]]


def _down_the_tree(groups: list[dict[str, Any]], parent: str | None, depth: int) -> list[tuple[str, int]]:
    order: list[tuple[str, int]] = []
    for group in groups:
        if group["parent"] == parent:
            order.append((group["id"], depth))
            order.extend(_down_the_tree(groups, group["id"], depth + 1))
    return order


def fingerprint(part: Any) -> str:
    """A short name for the present state of a part of a document, to notice that somebody changed it."""
    return rubric.sha256(part).removeprefix("sha256:")[:16]
