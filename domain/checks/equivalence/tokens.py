"""Cleaned text → tokens; a list of what is allowed, so that anything else is refused here."""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import Final

from domain.checks.equivalence import limits


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTIONS: Final = _words(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh exp ln log lg sqrt abs max min gcd lcm"
)
GREEK: Final = _words(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell hbar"
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
_COMMANDS: Final = _words("frac sqrt binom boxed fbox lfloor rfloor lceil rceil log")
_WORDY: Final = _words(
    "text textbf textit textrm textnormal textup textsf texttt mbox mathrm mathbf mathit mathbb operatorname vec hat "
    "bar"
)
_ENVIRONMENTS: Final = _words("pmatrix bmatrix vmatrix matrix Bmatrix array")

_NAME: Final = re.compile(r"[A-Za-z]+")
_MACRO: Final = re.compile(r"\\([A-Za-z]+)")
_PROSE: Final = _words(
    "is it its not the so to of in an are was for if we be by at as no yes on has all but can get let our you any how "
    "one two six ten too add ans"
)
_ENVIRONMENT: Final = re.compile(r"\s*\{([a-zA-Z]+)\}")
_SUBSCRIPT: Final = re.compile(r"_\s*\{\s*(?:\\(?:text|mathrm)\s*\{)?([A-Za-z0-9,+\- ]{1,40})\}?\s*\}")
_BRACED: Final = re.compile(r"\s*\{([^{}]*)\}")
_LOOSE: Final = re.compile(r"\s*([A-Za-z])")
_DIGITS: Final = (
    r"(?:\d+\.?\d*|\.\d+)(?:\\overline\s*\{\d{1,40}\}|\(\d{1,40}\)(?![\d(])|\.\.\.)?"
    r"(?:[eE][+-]?\d+(?![A-Za-z\d.]))?"
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
    if word.casefold() in _PROSE:
        raise limits.Unreadable(f"{word!r} is a word, not a formula")
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


# What algebra in its own process may be given beyond what is read here.
_WIDER: Final = _words(
    "int iint oint sum prod lim limsup liminf partial nabla infty ldots cdots dots dotsm forall exists neg iff "
    "implies subset subseteq supset sup inf deg dim ker arg Re Im mod bmod pmod bigcup bigcap lgroup rgroup "
    "langle rangle perp parallel angle triangle cong sim equiv propto mapsto longrightarrow log"
)
_KNOWN_MACROS: Final = (
    _WIDER | FUNCTIONS | GREEK | set(_MACROS) | set(_CONSTANTS) | _COMMANDS | _WORDY | {"begin", "end"}
)
_PLAIN: Final = re.compile(
    r"(?:[0-9.,;:!?+\-*/^=<>(){}\[\]|&%°±∓≈∈∪∩ ']|_(?=[A-Za-z0-9{])|(?<![A-Za-z])[A-Za-z]{1,3}(?![A-Za-z])"
    r"|(?<=\{)[A-Za-z ]{1,20}(?=\})|\\[A-Za-z]+|\\[{}|])*"
)
_LONE: Final = re.compile(r"(?<![A-Za-z\\])[A-Za-z]+")
_LONG_NUMBER: Final = re.compile(r"\d{60}")
_TOWER: Final = re.compile(
    r"\d\s*\^\s*\{?\s*-?\d+\s*\^|(?:\^\s*\{[^{}]{0,20}){3}|\d{5,}\s*!|!\s*\)*\s*!|\^\s*\{?\s*-?\d{5,}"
    r"|\*\*.{0,20}\*\*"
)


def is_admissible(text: str) -> bool:
    """Whether algebra may see a text: allowed signs and macros only, of bounded depth, no towers of powers."""
    if not text or len(text) > limits.TEXT or _PLAIN.fullmatch(text) is None:
        return False
    if _LONG_NUMBER.search(text) or _TOWER.search(text) or not 0 <= _depth(text) <= limits.DEPTH:
        return False
    if any(word.casefold() in _PROSE for word in _LONE.findall(text)):
        return False
    return all(macro in _KNOWN_MACROS for macro in _MACRO.findall(text))


def _depth(text: str) -> int:
    """How deep brackets are nested, -1 where one is left open."""
    deepest = depth = 0
    for sign in text:
        depth += (sign in "({[") - (sign in ")}]")
        deepest = max(deepest, depth)
    return deepest if depth == 0 else -1
