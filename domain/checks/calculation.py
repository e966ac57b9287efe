"""Plain arithmetic from text, reckoned exactly and within bounds: numbers, + - * / ^, brackets, percent."""

from __future__ import annotations

import re
from fractions import Fraction

MAX_TOKENS = 200
MAX_DIGITS = 60
MAX_POWER = 64
MAX_BITS = 4_096
MAX_DEPTH = 30
NUMBER = r"\d+(?:[,\u202f\u00a0']\d{3})*(?:\.\d+)?|\.\d+"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{NUMBER})(?P<percent>\s?%)?|(?P<mark>\*\*|[-+*/^()\u2212\u2013\u00d7\u00f7\u00b7:x]))"
)
_SIGNS = {"\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00b7": "*", "x": "*", "\u00f7": "/", ":": "/", "**": "^"}


class NotReckoned(Exception):
    """Why an expression has no value here."""


def value(expression: str) -> Fraction:
    """The exact value; raises `NotReckoned` where it is no arithmetic, or too large."""
    reader = _Reader(_tokens(expression))
    found = reader.sum()
    if reader.left:
        raise NotReckoned("it is no arithmetic")
    return found


def number(text: str) -> Fraction:
    """A number as written, with or without separators of thousands."""
    bare = re.sub(r"[,\u202f\u00a0']", "", text)
    if len(bare) > MAX_DIGITS:
        raise NotReckoned("a number has too many digits")
    return Fraction(bare if bare[0] != "." else f"0{bare}")


def _tokens(expression: str) -> list[Fraction | str]:
    found: list[Fraction | str] = []
    place = 0
    bare = expression.strip()
    while place < len(bare):
        match = _TOKEN.match(bare, place)
        if match is None or len(found) >= MAX_TOKENS:
            raise NotReckoned("it is no arithmetic" if match is None else "it is too long")
        if match["number"]:
            found.append(number(match["number"]) / (100 if match["percent"] else 1))
        else:
            found.append(_SIGNS.get(match["mark"], match["mark"]))
        place = match.end()
    return found


class _Reader:
    """Reads tokens by rank: sums of products of powers of numbers and brackets."""

    def __init__(self, tokens: list[Fraction | str]) -> None:
        self.left = tokens[::-1]
        self._depth = 0

    def sum(self) -> Fraction:
        found = self._product()
        while self._next() in ("+", "-"):
            sign = self.left.pop()
            right = self._product()
            found = _bounded(found + right if sign == "+" else found - right)
        return found

    def _product(self) -> Fraction:
        found = self._power()
        while self._next() in ("*", "/"):
            sign = self.left.pop()
            right = self._power()
            if sign == "/" and right == 0:
                raise NotReckoned("it divides by zero")
            found = _bounded(found * right if sign == "*" else found / right)
        return found

    def _power(self) -> Fraction:
        base = self._signed()
        if self._next() != "^":
            return base
        self.left.pop()
        self._deeper(1)
        exponent = self._power()
        self._deeper(-1)
        if exponent.denominator != 1 or abs(exponent) > MAX_POWER or (base == 0 and exponent < 0):
            raise NotReckoned("its power is not a small whole number")
        return _bounded(base ** int(exponent))

    def _signed(self) -> Fraction:
        sign = 1
        while self._next() in ("+", "-"):
            sign = -sign if self.left.pop() == "-" else sign
        return sign * self._piece()

    def _piece(self) -> Fraction:
        if not self.left:
            raise NotReckoned("it is no arithmetic")
        token = self.left.pop()
        if isinstance(token, Fraction):
            return token
        if token != "(":  # noqa: S105
            raise NotReckoned("it is no arithmetic")
        self._deeper(1)
        found = self.sum()
        self._deeper(-1)
        if self._next() != ")":
            raise NotReckoned("a bracket is not closed")
        self.left.pop()
        return found

    def _next(self) -> Fraction | str | None:
        return self.left[-1] if self.left else None

    def _deeper(self, steps: int) -> None:
        self._depth += steps
        if self._depth > MAX_DEPTH:
            raise NotReckoned("it is nested too deeply")


def _bounded(found: Fraction) -> Fraction:
    if found.numerator.bit_length() > MAX_BITS or found.denominator.bit_length() > MAX_BITS:
        raise NotReckoned("its value is too large")
    return found
