"""Where the versions of a rubric stand in a picture of how they come from one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A version in the picture: its column from the left and its lane from the top, both from 0."""

    number: int
    column: int
    lane: int


@dataclass(frozen=True)
class Edge:
    """A line from what a version was made from, or from what was merged into it."""

    start: Node
    end: Node
    merge: bool


def layout(
    parents: Mapping[int, int | None], merges: Mapping[int, Sequence[int]]
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Place versions by number: the first made from another goes on in its lane, each further one gets a lane.

    `parents` names what each version was made from, `merges` what was merged into it; unknown numbers are left out.
    """
    nodes: dict[int, Node] = {}
    ends: dict[int, int] = {}
    for column, number in enumerate(sorted(parents)):
        parent = nodes.get(parents[number] or 0)
        if parent is not None and ends[parent.lane] == parent.number:
            lane = parent.lane
        else:
            lane = max(ends, default=-1) + 1
        ends[lane] = number
        nodes[number] = Node(number, column, lane)
    made = [Edge(nodes[p], node, False) for n, node in nodes.items() if (p := parents[n] or 0) in nodes]
    joined = [Edge(nodes[o], node, True) for n, node in nodes.items() for o in merges.get(n, ()) if o in nodes]
    return tuple(nodes.values()), (*made, *joined)
