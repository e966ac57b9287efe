"""How much of a mathematical text is read, and what is said where it is too much."""

from __future__ import annotations

from typing import Final

# An answer may be long; only its end can hold the final answer.
TAIL: Final = 20_000
# One final answer, cleaned. Nothing an expert would write by hand is longer.
TEXT: Final = 2_000
TOKENS: Final = 800
DEPTH: Final = 40
# Exact numbers: bits of a numerator or denominator, and what a power may have as exponent.
BITS: Final = 6_000
EXPONENT: Final = 2_000
FACTORIAL: Final = 300
CELLS: Final = 400
ITEMS: Final = 200
PARTS: Final = 40

# Steps of one check: nodes that are given a value, and pairs that are compared. About a second of work.
STEPS: Final = 250_000


class Unreadable(Exception):
    """The text is no mathematics this parser reads; the message says why."""


class TooBig(Unreadable):
    """The text is readable but asks for more than is computed."""


class Budget:
    """What one check may still spend; what small sizes multiply to is bounded here."""

    def __init__(self, steps: int = STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take from it, or refuse to go on."""
        self.left -= steps
        if self.left < 0:
            raise TooBig("too many values and pairs of them")
