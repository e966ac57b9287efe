"""Edits that a model makes of one property of an answer, or of its wording alone (Crome, arXiv:2506.16507)."""

from __future__ import annotations

import difflib
import enum
import re
from typing import NamedTuple

from domain import prompts
from domain.ports import TextRequest
from domain.probes.edits import Wants

MOST_TOKENS = 2_000
LONGEST, SHORTEST = 3.0, 0.3
LEAST_KEPT = 0.2
_WORD = re.compile(r"\w+")
_PREFACE = re.compile(
    r"^\W*(?:sure|certainly|of course|okay|here(?:['’]s| is| are)|below is|the (?:edited|rewritten) answer|"
    r"i(?:['’]ve| have) (?:re|ed))",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"<<|\bcriteri(?:on|a)\b[^.]{0,40}\b(?:more|less) true\b|\b(?:rewrite|edit) the answer\b|\bas an ai\b|"
    r"\bignore (?:all|any|the|your|previous)\b|\bsystem prompt\b",
    re.IGNORECASE,
)


class Causal(enum.StrEnum):
    """What the edit does."""

    UPGRADE = "upgrade"
    DEGRADE = "degrade"
    NEUTRAL = "neutral"


class Refusal(enum.StrEnum):
    """Why an edit is of no use."""

    EMPTY = "empty"
    SAME = "same"
    TALKS = "talks"
    LENGTH = "length"
    REWRITTEN = "rewritten"


REASONS = {
    Refusal.EMPTY: "The model wrote nothing.",
    Refusal.SAME: "The text is the same but for marks and spaces.",
    Refusal.TALKS: "It speaks about the edit, repeats the instructions or gives orders.",
    Refusal.LENGTH: "It is much shorter or longer than the answer.",
    Refusal.REWRITTEN: "Hardly a word of the answer is left, so more than one thing was changed.",
}
WANTS = {Causal.UPGRADE: Wants.HIGHER, Causal.DEGRADE: Wants.LOWER, Causal.NEUTRAL: Wants.SAME}
TITLES = {
    Causal.UPGRADE: "one criterion better", Causal.DEGRADE: "one criterion worse",
    Causal.NEUTRAL: "said in other words",
}  # fmt: skip


class Causality(NamedTuple):
    """What a stored edit says by its name: what it does, and to which criterion (none where it is neutral)."""

    kind: Causal
    criterion: str


def name_of(kind: Causal, criterion: str = "") -> str:
    """The name under which an edit is stored; at most sixty characters."""
    return f"{kind}:{criterion}"[:60] if criterion else str(kind)


def causal(name: str) -> Causality | None:
    """What a name says, None where it is no such edit's."""
    kind, _, criterion = name.partition(":")
    if kind not in set(Causal) or (kind == Causal.NEUTRAL) != (not criterion):
        return None
    return Causality(Causal(kind), criterion)


def request(material: prompts.Material, kind: Causal, criterion: str) -> TextRequest:
    """The question to the writer: the whole edited answer and nothing else."""
    length = len(material.text(0))
    return TextRequest(
        prompts.causal_shared(material), (prompts.causal_suffix(material, str(kind), criterion),),
        max_tokens=min(MOST_TOKENS, max(120, length)),
    )  # fmt: skip


def read(reply: str, original: str, criterion: str = "") -> str | Refusal:
    """The edited answer, or why it is of no use; the limits are ours.

    Refused is what is empty, equal but for marks and spaces, talks about the edit or repeats the criterion where the
    answer did not, is shorter than three tenths or longer than three times the answer, or keeps less than a fifth of
    its words in their order.
    """
    text = reply.replace("\x00", "").strip()
    said, told = _WORD.findall(text.casefold()), _WORD.findall(original.casefold())
    if not said:
        return Refusal.EMPTY
    if said == told:
        return Refusal.SAME
    echoes = (
        bool(criterion) and criterion.casefold() in text.casefold() and criterion.casefold() not in original.casefold()
    )
    if echoes or any(one.search(text) and not one.search(original) for one in (_PREFACE, _TALK)):
        return Refusal.TALKS
    if not SHORTEST * len(told) <= len(said) <= LONGEST * len(told) + 20:
        return Refusal.LENGTH
    kept = sum(block.size for block in difflib.SequenceMatcher(None, told, said, autojunk=False).get_matching_blocks())
    return Refusal.REWRITTEN if kept < LEAST_KEPT * len(told) else text
