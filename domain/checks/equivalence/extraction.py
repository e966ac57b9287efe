"""The final answer in the text of an answer: where it is said, with its place in the text."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

from domain.checks.equivalence import limits, quantities

_TAG: Final = re.compile(r"<answer>((?:(?!<answer>).){0,2000}?)</answer>", re.IGNORECASE | re.DOTALL)
_BOX: Final = re.compile(r"\\(?:boxed|fbox)\s*(?=[{\w])")
# The plainest words first; each needs a verb or a colon behind it.
_SAID: Final = tuple(
    re.compile(rf"\b{words}\b\**\s*(?:is|are|=|:|would be)\s*\**\s*[:=]?\s*(?=[^\s.])([^\n]{{1,400}})", re.IGNORECASE)
    for words in (r"final\s+answers?", r"(?:the\s+|my\s+)?answers?", r"(?:solutions?|results?)")
)
_LEAD: Final = re.compile(r"(?:\s|:|\*|=(?!=)|is\b|are\b)*")
_FORMULA: Final = re.compile(
    r"\\\[((?:(?!\\\[).){1,2000}?)\\\]|\$\$([^$]{1,2000})\$\$|\\\(((?:(?!\\\()[^\n]){1,1000}?)\\\)|(?<![\\$])\$((?:\\.|[^$\\\n]){1,1000})\$(?!\d)",
    re.DOTALL,
)
_NUMBER: Final = re.compile(
    r"(?<![A-Za-z\d{}^_\\])(?<!\w\*\*)[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:[.,]\d+|\d|(?<=\d))(?:\s*/\s*\d+)?(?:[eE][+-]?\d{1,4})?(?![\d{}^_!]|\*\*\w)\s*%?"
)
_SENTENCE: Final = re.compile(r"(?<=[a-z\d$})\]%°*])[.;!?](?:\s|$)")
_HEDGE: Final = re.compile(
    r"^(?:(?:therefore|thus|so|hence|it is|it's|is|equals?|about|approximately|roughly|exactly|around|=|≈|:)[\s,:]+)+",
    re.IGNORECASE,
)
_CHOICE: Final = re.compile(
    r"\\?\(?\s*(?:\\(?:text|mathrm|textbf|mathbf)\s*\{)?\s*\(?\*{0,2}([A-J])\*{0,2}\)?[.)}:]*\s*", re.IGNORECASE
)
_CHOSEN: Final = re.compile(
    r"\b(?:answer|option|choice)\b[^A-Za-z\n]{0,12}(?:is\b[^A-Za-z\n]{0,8})?\(?([A-J])\b", re.IGNORECASE
)
JOIN: Final = 40
SHORT: Final = 240


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A piece of the text, with how it was found and where it stands."""

    text: str
    way: str
    start: int
    end: int


def candidates(text: str) -> list[Found]:
    """Where the final answer may stand, the plainest place first."""
    offset = max(0, len(text) - limits.TAIL)
    tail = text[offset:]
    found: list[Found] = []
    if tags := list(_TAG.finditer(tail)):
        inside = Found(tags[-1][1].strip(), "answer tag", tags[-1].start(1), tags[-1].end(1))
        found += _boxes(inside.text, inside.start) or [inside]
    found += _boxes(tail, 0)
    found += _said(tail)
    if len(tail.strip()) <= SHORT and "\n\n" not in tail:
        found.append(Found(_bare(tail), "whole answer", 0, len(tail)))
    found += _formulas(tail)
    found += _numbers(tail)
    kept = [item for item in found if item.text]
    return [dataclasses.replace(item, start=item.start + offset, end=item.end + offset) for item in kept[:8]]


def latex_only(text: str) -> list[Found]:
    """The same, where only what stands in LaTeX counts."""
    offset = max(0, len(text) - limits.TAIL)
    tail = text[offset:]
    said = [item for item in _said(tail) if _FORMULA.search(tail, max(0, item.start - 3), item.end + 3)]
    found = [*_boxes(tail, 0), *said, *_formulas(tail)]
    return [dataclasses.replace(item, start=item.start + offset, end=item.end + offset) for item in found if item.text]


def _boxes(text: str, base: int) -> list[Found]:
    r"""The last \boxed{…}, together with those right before it: \boxed{1} and \boxed{2}."""
    spots = []
    for start in list(_BOX.finditer(text))[-12:]:
        inside = _braced(text, start.end())
        if inside is not None:
            spots.append((start.start(), *inside))
    if not spots:
        return []
    kept = [spots[-1]]
    for spot in reversed(spots[:-1]):
        between = text[spot[2] : kept[0][0]]
        if len(between) > JOIN or "\n" in between or _SENTENCE.search(between) or "=" in between:
            break
        kept.insert(0, spot)
    parts = [text[begin:end].strip("{} ") if len(kept) > 1 else text[begin:end] for _, begin, end in kept]
    return [Found(", ".join(parts), "box", base + kept[0][1], base + kept[-1][2])]


def _braced(text: str, at: int) -> tuple[int, int] | None:
    """Where the contents of the braces that open here begin and end."""
    if text[at] != "{":
        return at, at + 1
    depth = 0
    for place in range(at, min(len(text), at + limits.TEXT)):
        if text[place] == "\\":
            continue
        if text[place] == "{" and text[place - 1] != "\\":
            depth += 1
        elif text[place] == "}" and text[place - 1] != "\\":
            depth -= 1
            if depth == 0:
                return at + 1, place
    return None


def _said(text: str) -> list[Found]:
    said = next((spots for pattern in _SAID if (spots := list(pattern.finditer(text)))), None)
    if said is None:
        return []
    last = said[-1]
    inside = last[1]
    lead = _LEAD.match(inside)
    begin = last.start(1) + (lead.end() if lead else 0)
    rest = text[begin : last.end(1)]
    stop = _SENTENCE.search(rest)
    body = rest[: stop.start()] if stop else rest
    formulas = _formulas(body)
    if formulas and not _FORMULA.fullmatch(body.strip().rstrip(".")) and not _is_joined(body):
        inner = formulas[0]
        return [dataclasses.replace(inner, start=inner.start + begin, end=inner.end + begin, way="said")]
    found = [Found(_bare(body), "said", begin, begin + len(body))]
    alone = [spot for spot in _NUMBER.finditer(body) if any(sign.isdecimal() for sign in spot[0])]
    if len(alone) == 1 and " " in body.strip():
        found.append(Found(alone[0][0].strip(), "said", begin + alone[0].start(), begin + alone[0].end()))
    return found


def _is_joined(text: str) -> bool:
    """Whether a text is formulas joined by signs and units only: $28$ percent, $x = 1$ or $x = 2$."""
    rest = _FORMULA.sub(" ", text)
    return len(rest.split()) <= 3 and len(_FORMULA.findall(text)) <= 4


def _formulas(text: str) -> list[Found]:
    """The last formula of the text."""
    spots = list(_FORMULA.finditer(text))
    if not spots:
        return []
    last = spots[-1]
    group = next(n for n in range(1, 5) if last[n] is not None)
    return [Found(last[group].strip(), "last formula", last.start(group), last.end(group))]


def count_numbers(text: str) -> int:
    """How many numbers stand at the end of a text."""
    return sum(any(sign.isdecimal() for sign in spot[0]) for spot in _NUMBER.finditer(text[-2_000:]))


def _numbers(text: str) -> list[Found]:
    spots = [spot for spot in _NUMBER.finditer(text[-2_000:]) if any(sign.isdecimal() for sign in spot[0])]
    if not spots:
        return []
    start, end = (max(0, len(text) - 2_000) + at for at in spots[-1].span())
    end += quantities.length_of_unit(text[end:])
    return [Found(text[start:end].strip(), "last number", start, end)]


def _bare(text: str) -> str:
    return _HEDGE.sub("", text.strip().strip("*_` ")).strip()


def is_choice(text: str) -> str:
    """The letter, where a reference is one letter of a list of choices, in brackets or in words' type."""
    found = _CHOICE.fullmatch(text.strip().strip("$ "))
    return found[1].upper() if found and ("(" in text or "text" in text or found[1].isupper()) else ""


def choice(text: str) -> Found | None:
    """The letter that an answer chooses."""
    for item in candidates(text):
        if item.way in {"answer tag", "box", "said", "whole answer"}:
            head = _CHOICE.match(item.text)
            if (
                head
                and (head.end() == len(item.text) or not item.text[head.end(1) :][:1].isalnum())
                and _ends(item.text, head)
            ):
                return Found(head[1].upper(), item.way, item.start, item.end)
    spots = list(_CHOSEN.finditer(text[-limits.TAIL :]))
    if spots:
        base = max(0, len(text) - limits.TAIL)
        return Found(spots[-1][1].upper(), "said", base + spots[-1].start(1), base + spots[-1].end(1))
    return None


def _ends(text: str, head: re.Match[str]) -> bool:
    """Whether the letter stands alone or is followed by the choice's own text, not by a formula such as A = 3."""
    rest = text[head.end() :].strip()
    bracketed = head[0].strip()[-1:] in {")", ".", ":", "}"}
    return not rest or (bracketed and not rest.startswith(("=", "+", "-", "^", "_")))
