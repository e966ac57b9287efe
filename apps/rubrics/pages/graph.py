"""How the versions of a rubric come from one another, as a picture and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.rubrics.models import Origin, RubricVersion
from apps.rubrics.pages.frame import address
from domain.rubric.lanes import Edge, Node, layout

STEP, LANE, EDGE = 64, 40, 26
TONES = {"draft": "a", "in_review": "w", "approved": "g", "retired": ""}


@dataclass(frozen=True)
class Dot:
    """A version in the picture, in pixels."""

    version: RubricVersion
    x: int
    y: int
    tone: str
    url: str


@dataclass(frozen=True)
class Line:
    """A line of the picture as the path of an SVG."""

    path: str
    merge: bool


@dataclass(frozen=True)
class Graph:
    """The picture, its size in pixels, and the same in words."""

    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    words: str


def graph(rows: Sequence[RubricVersion], merges: Mapping[int, Sequence[Origin]]) -> Graph:
    """The picture of all versions, oldest on the left."""
    by_number = {row.number: row for row in rows}
    parents = {row.number: row.parent.number if row.parent else None for row in rows}
    joined = {row.number: [one.other.number for one in merges.get(row.pk, ())] for row in rows}
    nodes, edges = layout(parents, joined)
    dots = tuple(_dot(by_number[node.number], node) for node in nodes)
    lanes = max((node.lane for node in nodes), default=0) + 1
    words = " ".join(_sentence(by_number[n], parents[n], joined[n]) for n in sorted(by_number))
    return Graph(dots, tuple(map(_line, edges)), len(nodes) * STEP, lanes * LANE + 2 * EDGE - LANE, words)


def _dot(version: RubricVersion, node: Node) -> Dot:
    x, y = _place(node)
    return Dot(version, x, y, TONES[version.status], address("edit", version))


def _place(node: Node) -> tuple[int, int]:
    return EDGE + node.column * STEP, EDGE + node.lane * LANE


def _line(edge: Edge) -> Line:
    (x, y), (to_x, to_y) = _place(edge.start), _place(edge.end)
    middle = (x + to_x) // 2
    return Line(f"M{x} {y} C{middle} {y} {middle} {to_y} {to_x} {to_y}", edge.merge)


def _sentence(version: RubricVersion, parent: int | None, joined: Sequence[int]) -> str:
    made = f", made from version {parent}" if parent else ""
    taken = f", version {' and '.join(map(str, joined))} merged into it" if joined else ""
    return f"Version {version.number}: {version.get_status_display()}{made}{taken}."
