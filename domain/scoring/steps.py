"""The steps from values to one number; each reads only what the trace keeps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Entry = Mapping[str, Any]
_ROUNDING = 1e-12


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


def pair(terms: Sequence[Entry], hard_rules_first: bool) -> Sum:
    """½ and half the weighted mean of preferences from −1 to 1; pitfalls prefer the other answer.

    With `hard_rules_first` only the hard rules count where they prefer an answer, else only the other criteria.
    """
    weighing = [term for term in terms if term["weight"] > 0]
    if not weighing:
        return Sum(None, {})
    counting = _deciding(weighing) if hard_rules_first else weighing
    divisor = math.fsum(term["weight"] for term in counting)
    parts = {term["id"]: _preference(term) / (2 * divisor) for term in counting}
    raw = 0.5 + math.fsum(map(_preference, counting)) / (2 * divisor)
    return Sum(min(1.0, max(0.0, raw)), {term["id"]: parts.get(term["id"], 0.0) for term in terms})


def _preference(term: Entry) -> float:
    """The weight of a criterion in favour of the first answer, negative in favour of the second."""
    leaning = float(term["weight"]) * (2 * float(term["value"]) - 1)
    return 0.0 - leaning if term["pitfall"] else leaning


def _deciding(terms: Sequence[Entry]) -> Sequence[Entry]:
    hard = [term for term in terms if term["hard"]]
    if hard and abs(math.fsum(map(_preference, hard))) > _ROUNDING:
        return hard
    return [term for term in terms if not term["hard"]] or hard


def gated(raw: float, closed: Sequence[Entry]) -> float:
    """The score under closed gates: a floor is a ceiling for the score; an override sets it outright."""
    overrides = [float(gate["floor"]) for gate in closed if gate["override"]]
    start = min(overrides) if overrides else raw
    return min([start, *(float(gate["floor"]) for gate in closed)])
