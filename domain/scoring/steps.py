"""The steps from values to one number; each reads only what the trace keeps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Entry = Mapping[str, Any]


class Sum(NamedTuple):
    """A number, or None where nothing weighs, and what each criterion gave to it."""

    raw: float | None
    contributions: dict[str, float]


def weighted(terms: Sequence[Entry], negatives: str, normalise: str) -> Sum:
    """Values by weight; pitfalls subtract, or reward their absence."""
    parts = {term["id"]: _part(term, negatives) for term in terms}
    divisor = _divisor(terms, negatives) if normalise == "positive_weight" else 1.0
    if not terms or divisor <= 0:
        return Sum(None, {})
    contributions = {name: part / divisor for name, part in parts.items()}
    return Sum(math.fsum(parts.values()) / divisor, contributions)


def _part(term: Entry, negatives: str) -> float:
    weight, value = float(term["weight"]), float(term["value"])
    if not term["pitfall"]:
        return weight * value
    return 0.0 - weight * value if negatives == "subtract" else weight * (1 - value)


def _divisor(terms: Sequence[Entry], negatives: str) -> float:
    """The weight a perfect answer earns; where there are only pitfalls, the weight one can lose."""
    positive = math.fsum(t["weight"] for t in terms if not t["pitfall"])
    everything = math.fsum(t["weight"] for t in terms)
    return positive if negatives == "subtract" and positive > 0 else everything


def tree(terms: Sequence[Entry], groups: Sequence[Entry]) -> Sum:
    """Means of children by weight from the leaves to the root; a pitfall counts as its absence."""
    nodes = _nodes(terms, groups)
    found = {name: _leaf(term) for name, term in nodes.leaves.items()}
    shares: dict[tuple[str, str], float] = {}
    for name in nodes.upwards:
        children = [(kid, w) for kid, w in nodes.children[name] if kid in found and w > 0]
        total = math.fsum(w for _, w in children)
        if total > 0:
            found[name] = math.fsum(w * found[kid] for kid, w in children) / total
            shares.update({(name, kid): w / total for kid, w in children})
    contributions = {name.removeprefix("c:"): found[name] * _path(name, nodes.parents, shares) for name in nodes.leaves}
    return Sum(found.get(_ROOT), contributions if _ROOT in found else {})


_ROOT = "root"


class _Nodes(NamedTuple):
    leaves: dict[str, Entry]
    parents: dict[str, str]
    children: dict[str, list[tuple[str, float]]]
    upwards: list[str]


def _nodes(terms: Sequence[Entry], groups: Sequence[Entry]) -> _Nodes:
    leaves = {f"c:{term['id']}": term for term in terms}
    parents: dict[str, str] = {}
    children: dict[str, list[tuple[str, float]]] = {_ROOT: []}
    children.update({f"g:{group['id']}": [] for group in groups})
    for prefix, items, above in (("g", groups, "parent"), ("c", terms, "group")):
        for item in items:
            parent = _ROOT if item[above] is None else f"g:{item[above]}"
            parents[f"{prefix}:{item['id']}"] = parent
            children[parent].append((f"{prefix}:{item['id']}", float(item["weight"])))
    return _Nodes(leaves, parents, children, _upwards(children))


def _upwards(children: Mapping[str, list[tuple[str, float]]]) -> list[str]:
    """Inner nodes, each after all that lie below it."""
    order: list[str] = []
    waiting = [_ROOT]
    while waiting:
        name = waiting.pop()
        order.append(name)
        waiting.extend(kid for kid, _ in children[name] if kid in children)
    return order[::-1]


def _leaf(term: Entry) -> float:
    value = float(term["value"])
    return 1 - value if term["pitfall"] else value


def _path(name: str, parents: Mapping[str, str], shares: Mapping[tuple[str, str], float]) -> float:
    """The product of shares from a leaf to the root."""
    product = 1.0
    while name != _ROOT:
        product *= shares.get((parents[name], name), 0.0)
        name = parents[name]
    return product


def gated(raw: float, closed: Sequence[Entry]) -> float:
    """The score under closed gates: a floor is a ceiling for the score; an override sets it outright."""
    overrides = [float(gate["floor"]) for gate in closed if gate["override"]]
    start = min(overrides) if overrides else raw
    return min([start, *(float(gate["floor"]) for gate in closed)])
