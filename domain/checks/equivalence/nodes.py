"""What a mathematical answer is made of, once read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction


@dataclasses.dataclass(frozen=True, slots=True)
class Number:
    """A number as written; `decimals` are the places after the point, None where it was an integer."""

    value: Fraction
    decimals: int | None = None
    figures: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Symbol:
    """A variable, with its subscript."""

    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """An operation or function on its arguments: add, mul, div, pow, neg, sqrt, sin, abs, percent, …"""

    name: str
    args: tuple[Node, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Relation:
    """A chain such as 1 ≤ x < 2: one sign fewer than sides."""

    signs: tuple[str, ...]
    sides: tuple[Node, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Several things: `list` without brackets, `tuple` in round or square ones, `set`, `or` of conditions."""

    form: str
    items: tuple[Node, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Interval:
    """From low to high, each end in or out."""

    low: Node
    high: Node
    low_in: bool
    high_in: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of the same length."""

    rows: tuple[tuple[Node, ...], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Builder:
    """All values of a variable that meet conditions."""

    variable: str
    conditions: tuple[Node, ...]


Node = Number | Symbol | Call | Relation | Group | Interval | Matrix | Builder

CONSTANTS = frozenset({"pi", "e", "i", "infinity", "reals", "empty", "integers", "naturals", "rationals"})


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below."""
    match node:
        case Number() | Symbol():
            return ()
        case Call(args=below) | Relation(sides=below) | Group(items=below) | Builder(conditions=below):
            return below
        case Interval():
            return (node.low, node.high)
        case Matrix():
            return tuple(cell for row in node.rows for cell in row)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for below in children(node):
        yield from walk(below)


def size(*found: Node) -> int:
    """How many nodes there are."""
    return sum(1 for node in found for _ in walk(node))


def variables(node: Node) -> frozenset[str]:
    """The names of the variables in it."""
    return frozenset(item.name for item in walk(node) if isinstance(item, Symbol) and item.name not in CONSTANTS)


def has(node: Node, *names: str) -> bool:
    """Whether one of these operations is used in it."""
    return any(isinstance(item, Call) and item.name in names for item in walk(node))


def mapped(node: Node, change: dict[Node, Node]) -> Node:
    """The node with some parts put in place of others."""
    if node in change:
        return change[node]
    match node:
        case Number() | Symbol():
            return node
        case Call():
            return Call(node.name, tuple(mapped(item, change) for item in node.args))
        case Relation():
            return Relation(node.signs, tuple(mapped(item, change) for item in node.sides))
        case Group():
            return Group(node.form, tuple(mapped(item, change) for item in node.items))
        case Interval():
            return Interval(mapped(node.low, change), mapped(node.high, change), node.low_in, node.high_in)
        case Matrix():
            return Matrix(tuple(tuple(mapped(cell, change) for cell in row) for row in node.rows))
        case Builder():
            return Builder(node.variable, tuple(mapped(item, change) for item in node.conditions))
