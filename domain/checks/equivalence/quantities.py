"""Numbers with units, and physical constants: what is a unit is a list of ours, what it is worth is Pint's."""

from __future__ import annotations

import dataclasses
import functools
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from domain.checks.equivalence import limits, nodes, parsing
from domain.checks.equivalence.evaluating import value
from domain.checks.equivalence.nodes import Node
from domain.checks.equivalence.rules import Finding, Rules, close, different, equal, shown, unsure
from domain.checks.equivalence.tokens import FUNCTIONS

if TYPE_CHECKING:
    import pint


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SHORT: Final = _words("m g s A K mol cd Hz N Pa J W C V F Ω ohm S Wb T H L l eV bar cal Wh M B b Bq Gy Sv lm lx pc")
_LONG: Final = _words(
    "meter metre gram second ampere kelvin mole hertz newton pascal joule watt coulomb volt farad siemens weber tesla "
    "henry liter litre electronvolt calorie byte bit becquerel gray sievert parsec"
)
_PREFIXES: Final = ("k", "M", "G", "T", "P", "m", "µ", "u", "n", "p", "f", "c", "d", "h")
_LONG_PREFIXES: Final = ("kilo", "mega", "giga", "tera", "milli", "micro", "nano", "pico", "centi", "deci", "hecto")
_OTHER: Final[dict[str, str]] = {
    "min": "minute", "mins": "minute", "minute": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour",
    "sec": "second", "secs": "second", "day": "day", "week": "week", "month": "month", "year": "year", "yr": "year",
    "in": "inch", "inch": "inch", "inches": "inch", "ft": "foot", "foot": "foot", "feet": "foot", "yd": "yard",
    "yard": "yard", "mi": "mile", "mile": "mile", "mph": "mile_per_hour", "kph": "kilometer_per_hour", "lb": "pound",
    "lbs": "pound", "pound": "pound", "oz": "ounce", "ounce": "ounce", "ton": "ton", "tonne": "metric_ton",
    "gallon": "gallon", "gal": "gallon", "acre": "acre", "hectare": "hectare", "ha": "hectare", "atm": "atm",
    "mmHg": "mmHg", "torr": "torr", "psi": "psi", "rad": "radian", "radian": "radian", "°": "degree", "°C": "degC",
    "°F": "degF", "celsius": "degC", "Celsius": "degC", "fahrenheit": "degF", "Fahrenheit": "degF", "hp": "horsepower",
    "horsepower": "horsepower", "Å": "angstrom", "angstrom": "angstrom", "ly": "light_year", "au": "astronomical_unit",
    "AU": "astronomical_unit", "°Celsius": "degC", "°Fahrenheit": "degF", "amu": "atomic_mass_constant",
    "rpm": "rpm", "rev": "revolution", "knot": "knot", "cc": "cm**3", "sr": "steradian", "kcal": "kilocalorie",
}  # fmt: skip
_PIECE: Final = re.compile(
    r"\s*(?:(?P<name>°\s*(?:C|F|Celsius|Fahrenheit)\b|°|[A-Za-zµΩÅ]+)"
    r"(?P<power>\s*\^\s*\{?\s*[-+]?\d{1,2}\s*\}?|[23](?!\d))?"
    r"|(?P<sign>\*|/|\\cdot|\\times|\(|\)))"
)
_WRAPPED: Final = re.compile(r"\\(?:text[a-z]*|mathrm|mathbf|mathit|operatorname|mbox)\s*\{([^{}]*)\}")
_START: Final = re.compile(r"\\(?:text[a-z]*|mathrm|mathbf|mathit|operatorname|mbox)\s*\{|(?<![\\A-Za-z])[A-Za-zµΩÅ]|°")
_WORDS: Final = re.compile(r"[A-Za-z][A-Za-z' \-]{1,79}")
FACTORS: Final = 8
POWER: Final = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Quantity:
    """A value with what is written behind it: a unit, or words that are none."""

    value: Node
    unit: tuple[tuple[str, int], ...] = ()
    words: str = ""
    sure: bool = True

    @property
    def unit_text(self) -> str:
        """The unit as a person writes it."""
        return " ".join(name if power == 1 else f"{name}^{power}" for name, power in self.unit)


@functools.cache
def _names() -> dict[str, str]:
    """Every spelling of a unit that is read, with Pint's name."""
    found = {f"{prefix}{name}": f"{prefix}{name}" for name in _SHORT for prefix in ("", *_PREFIXES)}
    found |= {f"{prefix}{name}": f"{prefix}{name}" for name in _LONG for prefix in ("", *_LONG_PREFIXES)}
    found |= _OTHER
    found |= {f"{name}s": unit for name, unit in found.items() if len(name) > 3 and not name.endswith("s")}
    return found | {"liters": "liter", "litres": "liter"}


def read(text: str) -> Quantity | None:
    """A cleaned text as a value with a unit or with words behind it; None where it is neither."""
    for place, start in enumerate(_START.finditer(text)):
        if place > 12 or start.start() == 0:
            if place > 12:
                return None
            continue
        found = _split(text[: start.start()], text[start.start() :])
        if found is not None:
            return found
    return None


def _split(before: str, behind: str) -> Quantity | None:
    try:
        node = parsing.parse(before)
    except limits.TooBig:
        raise
    except limits.Unreadable:
        return None
    last = node.sides[-1] if isinstance(node, nodes.Relation) else node
    if nodes.variables(last):
        return None
    plain = _WRAPPED.sub(r" \1 ", behind).strip()
    unit = _unit(plain)
    if unit is not None:
        sure = "\\" in behind[:2] or len(plain) > 1 or before.endswith(" ")
        return Quantity(node, unit, sure=sure and not (len(plain) == 1 and plain.isalpha() and "\\" not in behind[:2]))
    if _WORDS.fullmatch(plain) and not _is_formula(plain) and (before[-1:].isspace() or behind.startswith("\\")):
        return Quantity(node, words=" ".join(plain.casefold().split()))
    return None


def length_of_unit(text: str) -> int:
    """How many characters of what stands behind a number are a unit, three words at most."""
    for count in (3, 2, 1):
        found = re.match(rf"\s*(?:\S+\s*){{{count}}}", text[:40])
        if found is None:
            continue
        piece = found[0].rstrip().rstrip(".,;:!?")
        if piece.strip() and _unit(_WRAPPED.sub(r" \1 ", piece)) is not None:
            return len(piece)
    return 0


def _is_formula(text: str) -> bool:
    """Whether words may be meant as functions or variables: sin x."""
    return any(len(word) == 1 or word in FUNCTIONS for word in text.split())


def _unit(text: str) -> tuple[tuple[str, int], ...] | None:
    """A product of units with whole powers: m/s^2, J/(mol K), kg m^2 s^-2, square meters, km per hour."""
    at, side, opened, extra = 0, 1, False, 1
    found: list[tuple[str, int]] = []
    text = text.strip()
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None or len(found) > FACTORS:
            return None
        at = piece.end()
        sign, name = piece["sign"], re.sub(r"\s", "", piece["name"] or "")
        if sign == "/" or name == "per":
            side = -1
        elif sign in {"(", ")"}:
            if opened == (sign == "("):
                return None
            opened = sign == "("
            side = side if opened else 1
        elif name in {"square", "sq", "cubic"}:
            extra = 3 if name == "cubic" else 2
        elif name in {"squared", "cubed"} and found:
            unit, power = found[-1]
            found[-1] = (unit, power * (3 if name == "cubed" else 2))
        elif name:
            power = int(re.sub(r"[\s^{}]", "", piece["power"] or "1"))
            if name not in _names() or abs(power) > POWER:
                return None
            found.append((_names()[name], power * side * extra))
            extra = 1
            side = side if opened or side == 1 else 1
    return tuple(found) if found and not opened and at >= len(text) else None


@functools.cache
def _registry() -> pint.UnitRegistry[Any]:
    import pint

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=None)


@functools.cache
def _parsed(name: str) -> Any:
    return _registry().parse_units(name)


def _pint_unit(unit: tuple[tuple[str, int], ...]) -> Any:
    whole = _registry().Unit("")
    for name, power in unit:
        whole = whole * _parsed(name) ** power
    return whole


def compared(given: Quantity, expected: Quantity, rules: Rules) -> Finding:
    """Two quantities that both have a unit: in the unit of the reference."""
    from pint import errors as pint_errors

    ours, theirs = _pint_unit(given.unit), _pint_unit(expected.unit)
    if ours.dimensionality != theirs.dimensionality:
        said = f"{given.unit_text} ({ours.dimensionality}) cannot be turned into "
        said += f"{expected.unit_text} ({theirs.dimensionality})."
        return different("unit", said)
    one, two = _number(given), _number(expected)
    if isinstance(one, complex) or isinstance(two, complex):
        one, two = _as_float(one), _as_float(two)
    try:
        turned = _turned(one, ours, theirs, same=given.unit == expected.unit)
    except (pint_errors.PintError, OverflowError, ValueError) as problem:
        return unsure("unit", f"The units could not be turned into each other: {problem}.")
    said = f"{shown(one)} {given.unit_text} = {shown(turned)} {expected.unit_text}; the reference has {shown(two)}."
    same = close(turned, two, rules, rounded=1 if given.unit != expected.unit else 2)
    return equal("unit", said) if same else different("unit", said)


def _number(quantity: Quantity) -> Fraction | complex:
    node = quantity.value
    return value(node.sides[-1] if isinstance(node, nodes.Relation) else node)


def _as_float(number: Fraction | complex) -> Fraction:
    if isinstance(number, Fraction):
        return number
    if abs(number.imag) > 1e-12 * max(1.0, abs(number.real)):
        raise limits.Unreadable("a quantity is real")
    return Fraction(number.real)


def _turned(number: Fraction | complex, ours: Any, theirs: Any, *, same: bool) -> Fraction | complex:
    """The number in the other unit; temperatures with their zero."""
    if same:
        return number
    real = float(number) if isinstance(number, Fraction) else number.real
    return complex(_registry().Quantity(real, ours).to(theirs).magnitude)


# Constants, by the letters they are written with; the values are CODATA's, as SciPy has them.
_CODATA: Final[dict[str, tuple[str, str]]] = {
    "c": ("speed of light in vacuum", "speed of light"), "g": ("standard acceleration of gravity", "gravity"),
    "h": ("Planck constant", "Planck constant"), "hbar": ("reduced Planck constant", "reduced Planck constant"),
    "k_B": ("Boltzmann constant", "Boltzmann constant"), "N_A": ("Avogadro constant", "Avogadro constant"),
    "G": ("Newtonian constant of gravitation", "gravitational constant"), "R": ("molar gas constant", "gas constant"),
    "sigma": ("Stefan-Boltzmann constant", "Stefan–Boltzmann constant"), "F": ("Faraday constant", "Faraday constant"),
    "m_e": ("electron mass", "electron mass"), "m_p": ("proton mass", "proton mass"),
    "epsilon_0": ("vacuum electric permittivity", "electric constant"),
    "mu_0": ("vacuum mag. permeability", "magnetic constant"), "R_infinity": ("Rydberg constant", "Rydberg constant"),
    "q_e": ("elementary charge", "elementary charge"), "a_0": ("Bohr radius", "Bohr radius"),
}  # fmt: skip
CONSTANT_NAMES: Final = tuple(_CODATA)


def constant_title(name: str) -> str:
    """What a constant is called."""
    return _CODATA[name][1]


@functools.cache
def constant(name: str) -> tuple[float, tuple[tuple[str, int], ...]]:
    """Its value in SI units, and that unit."""
    from scipy import constants

    number, unit, _ = constants.physical_constants[_CODATA[name][0]]
    return float(number), _unit_of_codata(unit)


def _unit_of_codata(text: str) -> tuple[tuple[str, int], ...]:
    """CODATA writes `J mol^-1 K^-1`."""
    found = []
    for piece in text.split():
        name, _, power = piece.partition("^")
        found.append((name, int(power or 1)))
    return tuple(found)


def with_constants(node: Node, allowed: tuple[str, ...]) -> tuple[Node, tuple[str, ...]]:
    """The node with the constants that an author allows put in, and which of them were used."""
    used = tuple(sorted(nodes.variables(node).intersection(allowed)))
    change: dict[Node, Node] = {nodes.Symbol(name): nodes.Number(Fraction(constant(name)[0]), 12) for name in used}
    return nodes.mapped(node, change), used
