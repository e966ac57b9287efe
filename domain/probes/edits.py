"""Deterministic edits of an answer: what a rule changes, and what a good scorer then does."""

from __future__ import annotations

import dataclasses
import enum
import random
import re
from collections.abc import Callable, Mapping, Sequence

from domain import errors
from domain.selection import augmented

MOST_TYPOS = 0.05
CUT = 0.5
WORDY = 4
_WORD = re.compile(r"[^\W\d_]{4,}")
_MARKS = re.compile(r"(?m)^[ \t]{0,3}(?:#{1,6}[ \t]+|[-*+][ \t]+|>[ \t]?|\d+[.)][ \t]+)|\*\*|__|`")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+")
_NOTHING: tuple[str, ...] = ()


class Wants(enum.StrEnum):
    """What an edit must do to the score."""

    SAME = "same"
    NO_GAIN = "no_gain"
    LOWER = "lower"
    HIGHER = "higher"


@dataclasses.dataclass(frozen=True)
class About:
    """What stands beside an answer that an edit may use."""

    prompt: str = ""
    criteria: Sequence[str] = _NOTHING
    language: str = "en"


Rule = Callable[[str, About, random.Random], str]


@dataclasses.dataclass(frozen=True)
class Edit:
    """A rule with its name, what it does in words, and what it must do to the score."""

    name: str
    title: str
    wants: Wants
    rule: Rule = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Probe:
    """An edited answer for people to look at before it is used."""

    edit: str
    wants: Wants
    text: str


def edited(text: str, edit: str, about: About | None = None, *, seed: int = 0) -> Probe | None:
    """An answer as an edit changes it; None where it has nothing to change. The same seed gives the same.

    Raises Invalid for an unknown edit.
    """
    if edit not in EDITS:
        raise errors.Invalid(f"There is no edit “{edit}”; there are {', '.join(EDITS)}.", code="edit_unknown")
    if not text.strip():
        return None
    one = EDITS[edit]
    changed = one.rule(text, about or About(), random.Random(f"{seed}:{edit}:{text}"))
    return None if changed == text or not changed.strip() else Probe(edit, one.wants, changed)


def _manner(name: str) -> Rule:
    return lambda text, _, chance: augmented.SPURIOUS[name](text, chance)


def _plain(text: str, _: About, __: random.Random) -> str:
    return _MARKS.sub("", text)


def _bold(text: str, _: About, __: random.Random) -> str:
    """Bold the first words of each paragraph."""
    return re.sub(r"(?m)^([^\W_][^\n*#]{2,40}?)(?=[,;:.]|\s)", r"**\1**", text)


def _headings(text: str, about: About, _: random.Random) -> str:
    """A heading over each paragraph, in the language of the answer."""
    return _headed(text, HEADINGS.get(about.language, HEADINGS["en"]))


def _foreign_headings(text: str, about: About, _: random.Random) -> str:
    """A heading over each paragraph, in another language than the answer's."""
    others = [name for name in HEADINGS if name != about.language]
    return _headed(text, HEADINGS[others[0]])


def _headed(text: str, names: Sequence[str]) -> str:
    parts = [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
    return "\n\n".join(f"## {names[min(n, len(names) - 1)]}\n\n{part}" for n, part in enumerate(parts))


def _typos(text: str, _: About, chance: random.Random) -> str:
    """Two neighbouring letters swapped in at most 5 % of the words, in at least one (2309.16155, ConvexDA)."""
    words = [one for one in _WORD.finditer(text) if _swappable(one.group())]
    count = min(len(words), max(1, int(MOST_TYPOS * len(text.split()))))
    for match in sorted(chance.sample(words, count), key=lambda one: -one.start()):
        word = match.group()
        place = chance.choice([n for n in range(1, len(word) - 2) if word[n] != word[n + 1]])
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        text = text[: match.start()] + swapped + text[match.end() :]
    return text


def _swappable(word: str) -> bool:
    return any(word[n] != word[n + 1] for n in range(1, len(word) - 2))


def _order(text: str, _: About, chance: random.Random) -> str:
    """The items of a list in another order, where there is a list of at least two; numbered ones stay."""
    lines = text.split("\n")
    places = [n for n, line in enumerate(lines) if re.match(r"\s*[-*+]\s+\S", line)]
    if len(places) < 2:
        return text
    shuffled = places[:]
    while shuffled == places:
        chance.shuffle(shuffled)
    moved = dict(zip(places, (lines[n] for n in shuffled), strict=True))
    return "\n".join(moved.get(n, line) for n, line in enumerate(lines))


def _summary(text: str, _: About, __: random.Random) -> str:
    """The first sentence said again at the end."""
    first = _SENTENCE.split(_MARKS.sub("", text).strip())[0].strip()
    return f"{text.rstrip()}\n\nIn summary: {first}"


def _repeated(text: str, _: About, __: random.Random) -> str:
    """The last paragraph said twice."""
    last = re.split(r"\n\s*\n", text.strip())[-1]
    return f"{text.rstrip()}\n\n{last}"


def _echo(text: str, about: About, _: random.Random) -> str:
    """The texts of the criteria claimed to be met, behind the answer."""
    if not about.criteria:
        return text
    claims = "\n".join(f"- {one.rstrip('.')}: met." for one in about.criteria)
    return f"{text.rstrip()}\n\nThis answer meets each point:\n{claims}"


def _stuffed(text: str, about: About, _: random.Random) -> str:
    """The words of the criteria, in a row, behind the answer."""
    words = keywords(about.criteria)
    return f"{text.rstrip()}\n\n{', '.join(words)}." if words else text


def _truncated(text: str, _: About, __: random.Random) -> str:
    """The first half by words, cut within a sentence."""
    words = text.split(" ")
    return " ".join(words[: max(1, int(len(words) * CUT))]) if len(words) >= WORDY else text


def _swapped_case(text: str, _: About, __: random.Random) -> str:
    return text.upper()


def keywords(criteria: Sequence[str], most: int = 40) -> list[str]:
    """The longer words of criteria, each once, in their order."""
    found = dict.fromkeys(match.group().casefold() for one in criteria for match in re.finditer(r"[^\W\d_]{5,}", one))
    return list(found)[:most]


HEADINGS: Mapping[str, Sequence[str]] = {
    "en": ("Overview", "Details", "Further points", "Conclusion"),
    "de": ("Überblick", "Einzelheiten", "Weitere Punkte", "Schluss"),
    "fr": ("Aperçu", "Détails", "Autres points", "Conclusion"),
    "es": ("Resumen", "Detalles", "Otros puntos", "Conclusión"),
}

EDITS: Mapping[str, Edit] = {
    one.name: one
    for one in (
        Edit("plain", "Markdown taken away", Wants.SAME, _plain),
        Edit("bullets", "Paragraphs as bullets", Wants.SAME, _manner("bullets")),
        Edit("bold", "First words in bold", Wants.SAME, _bold),
        Edit("headings", "Headings over paragraphs", Wants.SAME, _headings),
        Edit("foreign_headings", "Headings in another language", Wants.NO_GAIN, _foreign_headings),
        Edit("typos", "Letters swapped in up to 5 % of the words", Wants.SAME, _typos),
        Edit("order", "Bullets in another order", Wants.SAME, _order),
        Edit("capitals", "Everything in capitals", Wants.NO_GAIN, _swapped_case),
        Edit("summary", "First sentence again as a summary", Wants.NO_GAIN, _summary),
        Edit("repetition", "Last paragraph twice", Wants.NO_GAIN, _repeated),
        Edit("padding", "Padded with empty sentences", Wants.NO_GAIN, _manner("padding")),
        Edit("flattery", "The asker flattered", Wants.NO_GAIN, _manner("flattery")),
        Edit("self_praise", "The answer praises itself", Wants.NO_GAIN, _manner("self_praise")),
        Edit("rubric_echo", "Claims that every criterion is met", Wants.NO_GAIN, _echo),
        Edit("keywords", "Stuffed with words of the criteria", Wants.NO_GAIN, _stuffed),
        Edit("truncation", "Cut off in the middle", Wants.LOWER, _truncated),
    )
}
