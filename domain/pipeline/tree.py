"""The tree of weighted groups, as PaperBench averages it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from domain.pipeline.columns import Columns, Layout
from domain.pipeline.exact import Floats
from domain.pipeline.step import About, Given, Phase, Span, Step, Way

_ROOT = -1
Children = list[tuple[int, float]]


class TreeStep(Step):
    """Average children by weight from the leaves to the root."""

    about: ClassVar[About] = About(
        title="Tree of groups",
        help="Every group is the mean of what lies in it, by weight, from the leaves to the root. A pitfall counts as "
        "its absence.",
        unscored="Left out of the mean of its group; a group with nothing scored is left out of the one above.",
        range="From 0 to 1.",
        monotone="Up with every criterion, down with every pitfall.",
        source="PaperBench (OpenAI, 2025)",
    )
    phase: ClassVar[Phase] = Phase.REDUCE
    reads: ClassVar[tuple[str, ...]] = ("group",)
    by_own_weight: ClassVar[bool] = True
    keeps_ratio: ClassVar[bool] = True

    step: Literal["tree"] = "tree"

    def way(self, layout: Layout) -> Way:
        """Up."""
        return Way.UP

    def span(self, span: Span, layout: Layout) -> Span:
        """A mean of numbers from 0 to 1."""
        return Span(0.0, 1.0)

    def shares(self, layout: Layout) -> tuple[float, ...]:
        """The part of each group in the one above, times the part of the criterion in its group."""
        nodes, count = _nodes(layout), len(layout.items)
        return tuple(_up(nodes, [1.0] * count, [True] * count, list(layout.own))[1])

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The mean at the root of each answer."""
        nodes = _nodes(columns)
        raw = [_up(nodes, *row)[0] for row in _rows(columns)]
        return dataclasses.replace(columns, raw=np.array(raw, dtype=np.float64))

    def parts(self, columns: Columns) -> Floats:
        """The leaf times its shares up to the root."""
        nodes = _nodes(columns)
        found = [_up(nodes, *row)[1] for row in _rows(columns)]
        return np.array(found, dtype=np.float64).reshape(columns.value.shape)

    @property
    def adds_up(self) -> bool:
        """It is a sum of leaves times shares."""
        return True

    def reading(self) -> str:
        """In a sentence."""
        return "Every group is the weighted mean of what lies in it, from the leaves to the root."

    def told(self, given: Given, out: Any, numbers: Mapping[str, int]) -> str:
        """How many criteria and groups made the number."""
        if out is None:
            return "No criterion with a weight has a value, so there is no score."
        value, groups = f"{out:.2f}".replace("-", "\N{MINUS SIGN}"), len(given["groups"])
        return f"Weighted means from {len(given['terms'])} criteria up through {groups} groups give {value}."


class _Nodes(NamedTuple):
    """Groups from the deepest to the root, each with the leaves and the groups in it; groups count from `leaves`."""

    leaves: int
    order: list[tuple[int, list[int], Children]]
    parent: list[int]


def _nodes(columns: Columns | Layout) -> _Nodes:
    places = {branch.id: place for place, branch in enumerate(columns.groups)}
    leaves: dict[int, list[int]] = {}
    groups: dict[int, Children] = {}
    parent: list[int] = []
    for leaf, item in enumerate(columns.items):
        above = _ROOT if item.group is None else places[item.group]
        leaves.setdefault(above, []).append(leaf)
        parent.append(above)
    for place, branch in enumerate(columns.groups):
        above = _ROOT if branch.parent is None else places[branch.parent]
        groups.setdefault(above, []).append((place, branch.weight))
        parent.append(above)
    downwards, waiting = [], [_ROOT]
    while waiting:
        node = waiting.pop()
        downwards.append(node)
        waiting.extend(kid for kid, _ in groups.get(node, ()))
    order = [(node, leaves.get(node, []), groups.get(node, [])) for node in reversed(downwards)]
    return _Nodes(len(columns.items), order, parent)


def _rows(columns: Columns) -> zip[tuple[list[float], list[bool], list[float]]]:
    value = np.where(columns.pitfalls, 1.0 - columns.value, columns.value)
    return zip(value.tolist(), columns.there.tolist(), columns.own.tolist(), strict=True)


def _up(nodes: _Nodes, value: list[float], there: list[bool], own: list[float]) -> tuple[float, list[float]]:
    """The mean at the root, NaN where nothing weighs, and what each leaf gave to it."""
    means: dict[int, float] = {}
    shares = [0.0] * len(nodes.parent)
    for node, leaves, groups in nodes.order:
        kids = [(leaf, own[leaf], value[leaf]) for leaf in leaves if there[leaf] and own[leaf] > 0]
        kids += [(nodes.leaves + kid, weight, means[kid]) for kid, weight in groups if weight > 0 and kid in means]
        total = math.fsum(weight for _, weight, _ in kids)
        if total > 0:
            means[node] = math.fsum(weight * mean for _, weight, mean in kids) / total
            for kid, weight, _ in kids:
                shares[kid] = weight / total
    if _ROOT not in means:
        return math.nan, [0.0] * nodes.leaves
    return means[_ROOT], [value[leaf] * _path(nodes, shares, leaf) for leaf in range(nodes.leaves)]


def _path(nodes: _Nodes, shares: list[float], leaf: int) -> float:
    """The product of shares from a leaf to the root."""
    product, node = shares[leaf], nodes.parent[leaf]
    while node != _ROOT and product:
        product *= shares[nodes.leaves + node]
        node = nodes.parent[nodes.leaves + node]
    return product
