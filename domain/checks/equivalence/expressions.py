"""Whether two expressions with variables are the same function: tried at points, exactly where they are rational."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from domain.checks.equivalence import limits, nodes
from domain.checks.equivalence.evaluating import Scalar, value
from domain.checks.equivalence.nodes import Node
from domain.checks.equivalence.rules import Finding, different, equal, gap, magnitude, shown, unsure

POINTS: Final = 14
NEEDED: Final = 6
NEAR: Final = 1e-8
_SEED: Final = 20_240_521


@dataclasses.dataclass(frozen=True, slots=True)
class Tried:
    """Both values at one point."""

    at: dict[str, Scalar]
    given: Scalar
    expected: Scalar

    @property
    def is_exact(self) -> bool:
        """Whether no rounding took place."""
        return isinstance(self.given, Fraction) and isinstance(self.expected, Fraction)

    @property
    def agrees(self) -> bool:
        """Whether both values are the same here."""
        if self.is_exact:
            return self.given == self.expected
        scale = max(magnitude(self.given), magnitude(self.expected), 1e-3)
        return math.isfinite(scale) and gap(self.given, self.expected) <= NEAR * scale

    def __str__(self) -> str:
        where = ", ".join(f"{name} = {shown(number)}" for name, number in sorted(self.at.items()))
        return f"at {where}: {shown(self.given)} and {shown(self.expected)}"


def points(names: frozenset[str], count: int, *, positive: bool) -> Iterator[dict[str, Scalar]]:
    """Points to try, the same for the same names: fractions of modest size, so that nothing overflows."""
    chance = random.Random(f"{_SEED} {sorted(names)} {positive}")
    for _ in range(count):
        yield {
            name: Fraction(chance.randint(2, 400), chance.randint(101, 199))
            * (1 if positive else chance.choice((-1, 1)))
            for name in sorted(names)
        }


def tried(given: Node, expected: Node, names: frozenset[str], *, positive: bool) -> list[Tried]:
    """Both values at every point where both have one."""
    found = []
    for at in points(names, POINTS, positive=positive):
        try:
            found.append(Tried(at, value(given, at), value(expected, at)))
        except limits.TooBig:
            raise
        except limits.Unreadable:
            continue
    return found


def same(given: Node, expected: Node) -> Finding:
    """Compare at positive points first, then at points of either sign.

    Values that are exact and agree at all points belong to the same rational function (the chance that they do not is
    below one in a billion for what fits the limits). Values of floating point that differ clearly decide as well; where
    they agree, algebra has the last word.
    """
    names = nodes.variables(given) | nodes.variables(expected)
    positive = tried(given, expected, names, positive=True)
    wrong = next((item for item in positive if not item.agrees), None)
    if wrong is not None:
        return different("expression", f"They differ {wrong}.")
    if len(positive) < NEEDED:
        return unsure("expression", "Too few points where both have a value.")
    signed = tried(given, expected, names, positive=False)
    wrong = next((item for item in signed if not item.agrees), None)
    if wrong is not None:
        return unsure("expression", f"They agree for positive values only; they differ {wrong}.")
    both = positive + signed
    if all(item.is_exact for item in both):
        return equal("expression", f"The same at {len(both)} points, exactly; {both[0]}.")
    return unsure("at points", f"The same to 8 digits at {len(both)} points; {both[0]}.")


def factor(given: Node, expected: Node) -> Scalar | None:
    """The number c with given = c · expected everywhere, where there is one; zero functions have none."""
    names = nodes.variables(given) | nodes.variables(expected)
    if not names:
        return None
    ratios = [
        _ratio(item.given, item.expected)
        for item in tried(given, expected, names, positive=False) + tried(given, expected, names, positive=True)
    ]
    if len(ratios) < NEEDED or any(ratio is None or magnitude(ratio) == 0 for ratio in ratios):
        return None
    first = ratios[0]
    if first is None or any(ratio is None or gap(ratio, first) > NEAR * magnitude(first) for ratio in ratios):
        return None
    return first


def _ratio(over: Scalar, under: Scalar) -> Scalar | None:
    if under == 0:
        return None
    if isinstance(over, Fraction) and isinstance(under, Fraction):
        return over / under
    try:
        return complex(over) / complex(under)
    except (OverflowError, ZeroDivisionError):
        return None
