"""What counts as the same: how near numbers must be, and what may be left out."""

from __future__ import annotations

import dataclasses
import enum
import math
from fractions import Fraction
from typing import Final

from domain.checks.equivalence.evaluating import Scalar
from domain.checks.equivalence.limits import Budget

# Where nothing is said: an exact value against one written in decimals, and two written in decimals.
ROUNDED: Final = 1e-6
WRITTEN: Final = 1e-9
# Two values of floating point that are meant to be the same number.
SAME: Final = 1e-11


class Units(enum.StrEnum):
    """What is made of a unit that one side lacks."""

    LENIENT = "lenient"
    REQUIRED = "required"
    IGNORED = "ignored"


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """How two answers are compared."""

    relative: float | None = None
    absolute: float | None = None
    figures: int | None = None
    units: Units = Units.LENIENT
    constants: tuple[str, ...] = ()
    strict: bool = False
    rename: bool = False
    budget: Budget = dataclasses.field(default_factory=Budget, compare=False, repr=False)

    @property
    def has_tolerance(self) -> bool:
        """Whether an author said how near is near enough."""
        return not (self.relative is None and self.absolute is None and self.figures is None)


PLAIN: Final = Rules()


class Verdict(enum.Enum):
    """What a comparison came to."""

    EQUAL = enum.auto()
    DIFFERENT = enum.auto()
    UNSURE = enum.auto()


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, the stage that reached it, and the comparison that was made."""

    verdict: Verdict
    stage: str
    said: str

    @property
    def is_equal(self) -> bool:
        """Whether both are the same."""
        return self.verdict is Verdict.EQUAL


def equal(stage: str, said: str) -> Finding:
    """Both are the same."""
    return Finding(Verdict.EQUAL, stage, said)


def different(stage: str, said: str) -> Finding:
    """They are not the same."""
    return Finding(Verdict.DIFFERENT, stage, said)


def unsure(stage: str, said: str) -> Finding:
    """This stage cannot tell."""
    return Finding(Verdict.UNSURE, stage, said)


def allowed(rules: Rules, expected: Scalar) -> float:
    """How far from the expected value a number may lie, by the author's tolerance."""
    size = magnitude(expected)
    steps = [0.0]
    if rules.absolute is not None:
        steps.append(rules.absolute)
    if rules.relative is not None and math.isfinite(size):
        steps.append(rules.relative * size)
    if rules.figures is not None and 0 < size < math.inf:
        steps.append(0.5 * 10.0 ** (math.floor(math.log10(size)) - rules.figures + 1))
    return max(steps)


def magnitude(number: Scalar) -> float:
    """Its absolute value, infinite where it does not fit."""
    try:
        return abs(complex(number))
    except OverflowError:
        return math.inf


def gap(given: Scalar, expected: Scalar) -> float:
    """How far apart they are."""
    if isinstance(given, Fraction) and isinstance(expected, Fraction):
        return magnitude(abs(given - expected))
    try:
        one, two = complex(given), complex(expected)
    except OverflowError:
        return math.inf
    return 0.0 if one == two else abs(one - two)


def close(given: Scalar, expected: Scalar, rules: Rules, *, rounded: int = 0) -> bool:
    """Whether two numbers are the same; `rounded` says how many of them are written in decimals (0, 1, 2)."""
    apart = gap(given, expected)
    if not math.isfinite(apart):
        return False
    if rules.has_tolerance:
        # The last bits of a decimal such as 0.1 must not decide.
        return apart <= allowed(rules, expected) * (1 + 1e-12) or (apart <= SAME * magnitude(expected) * 1e-3)
    if apart == 0:
        return given == expected or not (isinstance(given, Fraction) and isinstance(expected, Fraction))
    if rounded == 0 and isinstance(given, Fraction) and isinstance(expected, Fraction):
        return False
    size = max(magnitude(given), magnitude(expected))
    near = {0: SAME, 1: ROUNDED, 2: WRITTEN}[rounded]
    if min(magnitude(given), magnitude(expected)) == 0:
        return apart < 1e-14
    return math.isfinite(size) and apart <= near * size


def shown(number: Scalar) -> str:
    """A number as evidence shows it."""
    if isinstance(number, Fraction):
        if number.denominator == 1 and abs(number) < 10**30:
            return str(number.numerator)
        is_plain = number.denominator <= 10_000 and abs(number) < 10**12
        return f"{number.numerator}/{number.denominator}" if is_plain else _rough(number)
    if abs(number.imag) < 1e-12 * max(1.0, abs(number.real)):
        return f"{number.real:.12g}"
    return f"{number.real:.10g}{number.imag:+.10g}i"


def _rough(number: Fraction) -> str:
    try:
        return f"{float(number):.12g}"
    except OverflowError:
        return "a number too large to show"
