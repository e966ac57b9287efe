"""Cleaned text → tokens; a list of what is allowed, so that anything else is refused here."""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import Final

from domain.checks.equivalence import limits

FUNCTIONS: Final = frozenset(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh exp ln log lg sqrt abs max min gcd lcm".split()
)
GREEK: Final = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell hbar".split()
)
_MACROS: Final[dict[str, str]] = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "pm": "±", "mp": "∓", "le": "<=", "leq": "<=",
    "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=",
    "approx": "≈", "simeq": "≈", "in": "∈", "cup": "∪", "cap": "∩", "setminus": "∖", "mid": "|", "vert": "|",
    "lvert": "|", "rvert": "|", "colon": ":", "to": "→", "rightarrow": "→", "lbrace": r"\{", "rbrace": r"\}",
    "lbrack": "[", "rbrack": "]", "cr": "&&", "lor": "or", "vee": "or", "land": "and", "wedge": "and",
    "prime": "'",
}  # fmt: skip
_CONSTANTS: Final = {
    "pi": "pi", "infty": "infinity", "infinity": "infinity", "inf": "infinity", "emptyset": "empty",
    "varnothing": "empty", "imath": "i",
}  # fmt: skip
_NUMBER_SETS: Final = {"R": "reals", "Z": "integers", "N": "naturals", "Q": "rationals"}
_COMMANDS: Final = frozenset(
    "frac sqrt binom boxed fbox lfloor rfloor lceil rceil log".split()
)
_WORDY: Final = frozenset("text textbf textit textrm mbox mathrm mathbf mathit operatorname vec hat bar mathbb".split())
_ENVIRONMENTS: Final = frozenset("pmatrix bmatrix vmatrix matrix Bmatrix array".split())

_NAME: Final = re.compile(r"[A-Za-z]+")
_MACRO: Final = re.compile(r"\\([A-Za-z]+)")
_ENVIRONMENT: Final = re.compile(r"\s*\{([a-zA-Z]+)\}")
_SUBSCRIPT: Final = re.compile(r"_\s*\{\s*(?:\\(?:text|mathrm)\s*\{)?([A-Za-z0-9,+\- ]{1,40})\}?\s*\}")
_BRACED: Final = re.compile(r"\s*\{([^{}]*)\}")
_LOOSE: Final = re.compile(r"\s*([A-Za-z])")
_DIGITS: Final = (
    r"(?:\d+\.?\d*|\.\d+)(?:\\overline\s*\{\d{1,40}\}|\(\d{1,40}\)(?![\d(])|\.\.\.)?"
    r"(?:[eE][+-]?\d{1,5}(?![A-Za-z\d.]))?"
)
_NUMBERS: Final = {
    "thousands": re.compile(rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d,.]\d|\d)|{_DIGITS}"),
    "decimal": re.compile(rf"\d+,\d+|{_DIGITS}"),
    "list": re.compile(_DIGITS),
}
_SIGNS: Final = re.compile(r"\\[{}|]|\*\*|<=|>=|=<|!=|==|[-+*/^_=<>(){}\[\]|,;:!%°±∓≈&']")


class Kind(enum.Enum):
    """What a token is."""

    NUMBER = enum.auto()
    NAME = enum.auto()
    CONSTANT = enum.auto()
    FUNCTION = enum.auto()
    COMMAND = enum.auto()
    LABEL = enum.auto()
    SIGN = enum.auto()
    END = enum.auto()


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """A piece of text with its kind."""

    kind: Kind
    text: str
    spaced: bool = False


END: Final = Token(Kind.END, "")


def tokens(text: str, commas: str = "thousands") -> list[Token]:
    """All tokens; `commas` says what a comma between digits is: `thousands`, `decimal` or `list`."""
    found: list[Token] = []
    at, open_brackets = 0, 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        way = commas if open_brackets == 0 else "list"
        made, at = _next(text, at, way)
        open_brackets += sum(token.text in {"(", "[", r"\{"} for token in made)
        open_brackets -= sum(token.text in {")", "]", r"\}"} for token in made)
        found += made
        if len(found) > limits.TOKENS:
            raise limits.TooBig(f"more than {limits.TOKENS} signs")
    return found


def _next(text: str, at: int, commas: str) -> tuple[list[Token], int]:
    spaced = at > 0 and text[at - 1].isspace()
    if number := _NUMBERS[commas].match(text, at):
        return [Token(Kind.NUMBER, number[0], spaced)], number.end()
    if label := _SUBSCRIPT.match(text, at):
        return [Token(Kind.SIGN, "_"), Token(Kind.LABEL, label[1].replace(" ", ""))], label.end()
    if name := _NAME.match(text, at):
        return _letters(name[0]), name.end()
    if macro := _MACRO.match(text, at):
        return _macro(macro[1], text, macro.end())
    if sign := _SIGNS.match(text, at):
        return [Token(Kind.SIGN, _sign(sign[0]), spaced)], sign.end()
    raise limits.Unreadable(f"the sign {text[at]!r} is not read")


def _sign(text: str) -> str:
    return {"**": "^", "==": "=", "=<": "<=", r"\|": "|"}.get(text, text)


def _letters(word: str) -> list[Token]:
    if word in FUNCTIONS:
        return [Token(Kind.FUNCTION, word)]
    if word in _CONSTANTS:
        return [Token(Kind.CONSTANT, _CONSTANTS[word])]
    if word in {"and", "or"}:
        return [Token(Kind.SIGN, word)]
    if word in {"AND", "OR"}:
        return [Token(Kind.SIGN, word.lower())]
    if word == "infinity":
        return [Token(Kind.CONSTANT, "infinity")]
    if len(word) > 3:
        raise limits.Unreadable(f"{word[:40]!r} is a word, not a formula")
    return [Token(Kind.NAME, letter) for letter in word]


def _macro(name: str, text: str, after: int) -> tuple[list[Token], int]:
    if name in _MACROS:
        return [Token(Kind.SIGN, _MACROS[name])], after
    if name in _COMMANDS:
        return [Token(Kind.COMMAND, name)], after
    if name in FUNCTIONS:
        return [Token(Kind.FUNCTION, name)], after
    if name in _CONSTANTS:
        return [Token(Kind.CONSTANT, _CONSTANTS[name])], after
    if name in GREEK:
        return [Token(Kind.NAME, name)], after
    if name in {"begin", "end"}:
        inside = _ENVIRONMENT.match(text, after)
        if inside is None or inside[1] not in _ENVIRONMENTS:
            raise limits.Unreadable(f"\\{name} of this kind is not read")
        return [Token(Kind.COMMAND, f"{name} {inside[1]}")], inside.end()
    if name in _WORDY:
        return _wrapped(name, text, after)
    raise limits.Unreadable(f"\\{name[:40]} is not read")


def _wrapped(name: str, text: str, after: int) -> tuple[list[Token], int]:
    r"""What \text, \mathrm, \mathbb and the like stand round."""
    inside = _BRACED.match(text, after) or _LOOSE.match(text, after)
    if inside is None:
        raise limits.Unreadable(f"what stands in \\{name} is not read")
    word = inside[1].strip()
    if name == "mathbb" and word in _NUMBER_SETS:
        return [Token(Kind.CONSTANT, _NUMBER_SETS[word])], inside.end()
    if name in {"vec", "hat", "bar"} and _NAME.fullmatch(word):
        return [Token(Kind.NAME, word)], inside.end()
    if word in {"", ","}:
        return ([Token(Kind.SIGN, word)] if word else []), inside.end()
    if _NAME.fullmatch(word):
        return _letters(word), inside.end()
    raise limits.Unreadable("words stand in the formula")

