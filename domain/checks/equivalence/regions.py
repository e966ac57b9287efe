"""Sets of real numbers: intervals, unions, conditions on one variable, compared end by end or at points."""

from __future__ import annotations

import dataclasses
import itertools
import math
import random
from fractions import Fraction
from typing import Final

from domain.checks.equivalence import limits, nodes
from domain.checks.equivalence.evaluating import Scalar, value
from domain.checks.equivalence.nodes import Builder, Call, Group, Interval, Node, Relation, Symbol
from domain.checks.equivalence.rules import Finding, Rules, close, different, equal, shown, unsure

_TURNED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!=", "≈": "≈"}
_ORDER: Final = frozenset({"<", ">", "<=", ">="})
_GRID: Final = 400


@dataclasses.dataclass(frozen=True, slots=True)
class Stretch:
    """From low to high, each end in or out; a point is a stretch of no length."""

    low: Scalar
    high: Scalar
    low_in: bool
    high_in: bool


EVERYTHING: Final = Stretch(complex(-math.inf), complex(math.inf), False, False)


def is_region(node: Node) -> bool:
    """Whether it can only be a set of numbers or a condition."""
    match node:
        case Interval() | Builder():
            return True
        case Call(name=name):
            return name in {"union", "intersection", "minus"}
        case Relation(signs=signs):
            return bool(_ORDER.intersection(signs)) or signs in {("∈",), ("!=",)}
        case Group(form="or"):
            return True
        case Group(form="list", items=items):
            return all(isinstance(item, Relation) and _ORDER.intersection(item.signs) for item in items)
        case Symbol(name=name):
            return name in {"reals", "empty"}
        case _:
            return False


def stretches(node: Node) -> list[Stretch] | None:
    """The region as stretches from left to right, where its ends are written down; else None."""
    try:
        found = _stretches(node)
    except limits.TooBig:
        raise
    except limits.Unreadable:
        return None
    return None if found is None else _merged(found)


def _stretches(node: Node) -> list[Stretch] | None:
    match node:
        case Interval(low=low, high=high):
            return [Stretch(_real(low), _real(high), node.low_in, node.high_in)]
        case Group(form="tuple", items=(low, high)):
            return [Stretch(_real(low), _real(high), False, False)]
        case Group(form="set", items=items):
            return [Stretch(_real(item), _real(item), True, True) for item in items]
        case Group(form="or", items=items) | Call(name="union", args=items):
            return _all(items)
        case Group(form="list", items=items):
            return _met(items)
        case Call(name="intersection", args=(left, right)):
            return _met((left, right))
        case Call(name="minus", args=(left, right)):
            return _without(left, right)
        case Symbol(name="reals"):
            return [EVERYTHING]
        case Symbol(name="empty"):
            return []
        case Builder(conditions=conditions):
            return _met(conditions)
        case Relation():
            return _bounded(node)
        case _:
            return None


def _all(items: tuple[Node, ...]) -> list[Stretch] | None:
    found: list[Stretch] = []
    for item in items:
        part = _stretches(item)
        if part is None:
            return None
        found += part
    return found


def _met(items: tuple[Node, ...]) -> list[Stretch] | None:
    found: list[Stretch] = [EVERYTHING]
    for item in items:
        part = _stretches(item)
        if part is None:
            return None
        found = [both for one in found for two in part if (both := _overlap(one, two)) is not None]
    return found


def _without(left: Node, right: Node) -> list[Stretch] | None:
    """What of the left lies outside all of the right."""
    found, taken = _stretches(left), _stretches(right)
    if found is None or taken is None:
        return None
    for item in taken:
        around = (
            Stretch(EVERYTHING.low, item.low, False, not item.low_in),
            Stretch(item.high, EVERYTHING.high, not item.high_in, False),
        )
        found = [both for one in found for two in around if (both := _overlap(one, two)) is not None]
    return found


def _overlap(one: Stretch, two: Stretch) -> Stretch | None:
    low = max((one, two), key=lambda s: (_float(s.low), not s.low_in))
    high = min((one, two), key=lambda s: (_float(s.high), s.high_in))
    if _float(low.low) > _float(high.high):
        return None
    if _float(low.low) == _float(high.high) and not (low.low_in and high.high_in):
        return None
    return Stretch(low.low, high.high, low.low_in, high.high_in)


def _bounded(node: Relation) -> list[Stretch] | None:
    """A chain with the bare variable in it: x > 5, 1 ≤ x < 2, x ∈ [1, 2], x ≠ 3."""
    names = nodes.variables(node)
    if len(names) != 1:
        return None
    bare = [place for place, side in enumerate(node.sides) if isinstance(side, Symbol) and side.name in names]
    if len(bare) != 1 or sum(bool(nodes.variables(side)) for side in node.sides) != 1:
        return None
    place = bare[0]
    if node.signs == ("∈",) and place == 0:
        return _stretches(node.sides[1])
    parts = [_half(node.signs[place], node.sides[place + 1])] if place < len(node.signs) else []
    if place > 0:
        parts.append(_half(_TURNED.get(node.signs[place - 1], ""), node.sides[place - 1]))
    if len(node.sides) > 3 or len(parts) != len(node.signs) or any(part is None for part in parts):
        return None
    found = [EVERYTHING]
    for part in parts:
        found = [both for one in found for two in part or [] if (both := _overlap(one, two)) is not None]
    return found


def _half(sign: str, bound: Node) -> list[Stretch] | None:
    """What x < bound, x ≠ bound and so on leave."""
    if sign not in {*_ORDER, "=", "!="}:
        return None
    at = _real(bound)
    below = Stretch(EVERYTHING.low, at, False, sign == "<=")
    above = Stretch(at, EVERYTHING.high, sign == ">=", False)
    return {"=": [Stretch(at, at, True, True)], "!=": [below, above]}.get(sign) or [below if sign[0] == "<" else above]


def _real(node: Node) -> Scalar:
    if nodes.has(node, "pm", "mp"):
        raise limits.Unreadable("an end with two signs")
    found = value(node)
    if isinstance(found, complex) and abs(found.imag) > 1e-12:
        raise limits.Unreadable("an end that is not real")
    return found


def _float(number: Scalar) -> float:
    if isinstance(number, complex):
        return number.real
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _merged(found: list[Stretch]) -> list[Stretch]:
    """In order, empty ones gone, those that touch joined."""
    kept = [s for s in found if _float(s.low) < _float(s.high) or (s.low == s.high and s.low_in and s.high_in)]
    kept.sort(key=lambda s: (_float(s.low), not s.low_in))
    done: list[Stretch] = []
    for item in kept:
        last = done[-1] if done else None
        touch = last is not None and (
            _float(item.low) < _float(last.high)
            or (_float(item.low) == _float(last.high) and (item.low_in or last.high_in))
        )
        if last is None or not touch:
            done.append(item)
            continue
        high, high_in = max((_float(last.high), last.high_in), (_float(item.high), item.high_in))
        done[-1] = Stretch(last.low, last.high if high == _float(last.high) else item.high, last.low_in, high_in)
    return done


def compared(given: Node, expected: Node, rules: Rules) -> Finding:
    """Two regions."""
    one, two = stretches(given), stretches(expected)
    if one is not None and two is not None:
        return _by_ends(one, two, rules)
    if one is None and two is None:
        return unsure("interval", "The ends of both regions would have to be solved for.")
    rules.budget.spend(_GRID * nodes.size(given, expected))
    return _by_points(given, expected, one if one is not None else two or [])


def _by_ends(one: list[Stretch], two: list[Stretch], rules: Rules) -> Finding:
    said = f"{written(one)} and {written(two)}."
    same = len(one) == len(two) and all(
        (a.low_in, a.high_in) == (b.low_in, b.high_in)
        and close(a.low, b.low, rules, rounded=1)
        and close(a.high, b.high, rules, rounded=1)
        for a, b in zip(one, two, strict=True)
    )
    return equal("interval", said) if same else different("interval", said)


def written(found: list[Stretch]) -> str:
    """Stretches in the usual notation."""
    pieces = [
        f"{{{shown(s.low)}}}"
        if s.low == s.high
        else f"{'[' if s.low_in else '('}{shown(s.low)}, {shown(s.high)}{']' if s.high_in else ')'}"
        for s in found
    ]
    return " ∪ ".join(pieces) or "∅"


def _by_points(given: Node, expected: Node, known: list[Stretch]) -> Finding:
    """One region has its ends written down, the other is a condition: try both at the ends, beside and between them."""
    names = nodes.variables(given) | nodes.variables(expected)
    if len(names) != 1:
        return unsure("interval", "Conditions on several variables.")
    (name,) = names
    inside = 0
    places = _places(known)
    for place in places:
        try:
            one, two = _contains(given, name, place), _contains(expected, name, place)
        except limits.TooBig:
            raise
        except limits.Unreadable as problem:
            return unsure("interval", f"A condition that is not computed: {problem}.")
        if one != two:
            return different("interval", f"At {shown(place)} only {'the answer' if one else 'the reference'} holds.")
        inside += one
    return equal("interval", f"{written(known)} and the condition agree at {len(places)} points ({inside} inside).")


def _places(known: list[Stretch]) -> list[Fraction]:
    ends = sorted({Fraction(_float(end)) for s in known for end in (s.low, s.high) if math.isfinite(_float(end))})
    exact = {end for s in known for end in (s.low, s.high) if isinstance(end, Fraction)}
    spread = max([Fraction(10), *(abs(end) * 3 for end in ends)])
    chance = random.Random(7)
    grid = [spread * chance.randint(-10_000, 10_000) / 10_000 for _ in range(_GRID)]
    beside = [end + side * max(Fraction(1), abs(end)) / 10**6 for end in ends for side in (-1, 1)]
    between = [(low + high) / 2 for low, high in itertools.pairwise(ends)]
    return [*exact, *beside, *between, *grid]


def _contains(node: Node, name: str, at: Fraction) -> bool:
    """Whether a number belongs to the region."""
    match node:
        case Builder(conditions=items):
            return all(_contains(item, name, at) for item in items)
        case Group(form="or", items=items) | Call(name="union", args=items):
            return any(_contains(item, name, at) for item in items)
        case Group(form="list", items=items) | Call(name="intersection", args=items):
            return all(_contains(item, name, at) for item in items)
        case Call(name="minus", args=(left, right)):
            return _contains(left, name, at) and not _contains(right, name, at)
        case Relation():
            return _holds(node, name, at)
    known = stretches(node)
    if known is None:
        raise limits.Unreadable("a set whose ends are not numbers")
    return any(_within(stretch, at) for stretch in known)


def _within(stretch: Stretch, at: Fraction) -> bool:
    low, high = _float(stretch.low), _float(stretch.high)
    return (low < at or (stretch.low_in and low == at)) and (at < high or (stretch.high_in and high == at))


def _holds(node: Relation, name: str, at: Fraction) -> bool:
    if node.signs == ("∈",):
        if not isinstance(node.sides[0], Symbol):
            raise limits.Unreadable("what belongs to a set is not a variable")
        return _contains(node.sides[1], name, at)
    values = [value(side, {name: at}) for side in node.sides]
    return all(_ordered(sign, left, right) for sign, left, right in zip(node.signs, values, values[1:], strict=False))


def _ordered(sign: str, left: Scalar, right: Scalar) -> bool:
    one: Fraction | float
    two: Fraction | float
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        one, two = left, right
    else:
        if max(abs(complex(left).imag), abs(complex(right).imag)) > 1e-12:
            return False
        one, two = _float(left), _float(right)
    return {"<": one < two, ">": one > two, "<=": one <= two, ">=": one >= two, "=": one == two, "!=": one != two}[sign]
