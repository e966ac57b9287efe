"""Principles in a model's JSON reply: the form it is held to, what is read of it, and what is dropped and why."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, NamedTuple

from domain import reply_forms, verdicts
from domain.ports import Form

MOST_PRINCIPLES = 5
MOST_TEXT = 400
_LIST = re.compile(r"\"principles\"\s*:\s*\[")
_WORD = re.compile(r"\w+")
_BARE = re.compile(
    r"\b(the|an?|this|that|it|response|answer|reply|is|are|be|was|provides?|gives?|overall|very|most|more|highly|generally"
    r"|really|quite|not|in|of|and|to|for|users?)\b"
)
_GENERAL = frozenset({"helpful", "helpfulness", "unhelpful", "help", "helps"})


class Met(StrEnum):
    """Whether a comment says that the answer meets a principle."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"


class Drop(StrEnum):
    """Why a principle is not taken further."""

    PARTLY = "partly"
    GENERAL = "general"
    UNFOUND = "unfound"


class Said(NamedTuple):
    """A principle as the model wrote it, with the words that it copied."""

    text: str
    met: Met
    quote: str


def form(tokens: int) -> Form:
    """The JSON that a reply of so many tokens is held to: first the quote, then the principle, then its answer."""
    return reply_forms.listed(
        tokens, "principles", MOST_PRINCIPLES, texts=("quote", "principle"), choice="met", offered=tuple(Met)
    )  # fmt: skip


def read_principles(text: str) -> list[Said] | None:
    """The whole entries of the last list of principles in a reply, also of one that was cut off, at most five.

    None where the reply has no such list at all. An entry without a quote, a principle or one of the three answers is
    left out; of two that say the same the first stays.
    """
    said = verdicts.spoken(text)
    begins = list(_LIST.finditer(said))
    if not begins:
        return None
    found: dict[str, Said] = {}
    for entry in verdicts.objects_of(said, begins[-1].end()):
        if (one := _said(entry)) is not None:
            found.setdefault(one.text.casefold().rstrip("."), one)
    return list(found.values())[:MOST_PRINCIPLES]


def kept(one: Said) -> Drop | None:
    """Why a principle is dropped by its words alone; None where it is kept.

    RLBFF (arXiv:2509.21319) drops what is met only in part, and "helpfulness", which says nothing about what helps.
    """
    if one.met is Met.PARTLY:
        return Drop.PARTLY
    return Drop.GENERAL if is_general(one.text) else None


def is_general(text: str) -> bool:
    """Whether a principle asks for helpfulness and nothing else; which words say nothing more is ours."""
    words = set(_WORD.findall(_BARE.sub(" ", text.casefold())))
    return bool(words) and words <= _GENERAL


def _said(entry: Any) -> Said | None:
    if not isinstance(entry, dict):
        return None
    given = [entry.get(name) for name in ("principle", "met", "quote")]
    if not all(isinstance(one, str) for one in given):
        return None
    text, met, quote = (" ".join(str(one).split()) for one in given)
    if not _WORD.search(text) or not _WORD.search(quote) or met.casefold() not in set(Met):
        return None
    return Said(text[:MOST_TEXT], Met(met.casefold()), quote)
