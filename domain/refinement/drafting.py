"""Steps by which criteria are drafted from preference pairs: choose pairs, read what was written, check, decide.

The way is OpenRubrics' contrastive generation with preference-label consistency (arXiv:2510.07743).
"""

from __future__ import annotations

import enum
import hashlib
import random
import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from domain import errors, prompts, reply_forms, verdicts
from domain.checks import language
from domain.ports import Form
from domain.refinement import loop
from domain.refinement.gate import Floats, Rate, rate
from domain.refinement.loop import Refused

MOST_EACH = 5
MOST_TEXT = 300
MOST_KEPT = 15
LEAST_PROMPTS = 6
COPIED_WORDS = 8
_LIST = re.compile(r"\"criteria\"\s*:\s*\[")
_WORD = re.compile(r"\w+")
_ECHO = re.compile(
    r"\b(answer|response|option)s? [ab12]\b|\b(the )?(better|preferred|chosen|winning|rejected|worse|first|second)"
    r" (answer|response|one)\b|\bboth (answers|responses)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(ignore|disregard|forget) (all|any|the|your|every|previous|prior)\b|\bsystem prompt\b|<<|```", re.IGNORECASE
)


class Kind(enum.StrEnum):
    """What a criterion rests on (OpenRubrics)."""

    HARD_RULE = "hard rule"
    PRINCIPLE = "principle"


class Drop(enum.StrEnum):
    """Why a criterion is not taken further."""

    ECHO = "echo"
    COPIED = "copied"
    ORDERS = "orders"
    LONG = "long"
    REPEATED = "repeated"
    MANY = "many"
    FOREIGN = "foreign"
    FORM = "form"
    INVERTED = "inverted"
    SILENT = "silent"
    KNOWN = "known"
    UNCHECKED = "unchecked"
    UNPROVEN = "unproven"


class Pair(NamedTuple):
    """Two answers to a prompt of which the first is better, by their keys, with their texts' hashes."""

    prompt: int
    better: int
    worse: int
    better_hash: str
    worse_hash: str


class Split(NamedTuple):
    """Pairs to write from, to choose criteria by, and to hold out; and how many were of no use and why."""

    sources: tuple[Pair, ...]
    sieve: tuple[Pair, ...]
    held_out: tuple[Pair, ...]
    equal: int
    contradictory: int


class Written(NamedTuple):
    """A criterion as the model wrote it, what set the answers apart, and its kind."""

    text: str
    difference: str
    kind: Kind


class Candidate(NamedTuple):
    """A criterion with the places of the source pairs that it was written from."""

    text: str
    kind: Kind
    differences: tuple[str, ...]
    sources: tuple[int, ...]


class Worth(NamedTuple):
    """How often a candidate sided with the better answer on pairs it was not written from; and why it is dropped."""

    right: int
    wrong: int
    tied: int
    failed: int
    drop: Drop | None


def split(pairs: Sequence[Pair], *, sources: int, checks: int, seed: int) -> Split:
    """Choose one pair a prompt: up to `sources` to write from, then up to `checks` each to choose by and to hold out.

    Pairs of equal texts and pairs that stand both ways are of no use. Raises Refused where too few prompts are left,
    all answers are equal, or at least half of the pairs contradict each other.
    """
    if sources < 1 or checks < 1:
        raise errors.Invalid("At least one pair to write from and one to check by are needed.", code="split_invalid")
    unequal = [one for one in pairs if one.better_hash != one.worse_hash]
    if pairs and not unequal:
        raise Refused("In every pair both answers are the same text, so nothing sets them apart.", code="answers_equal")
    ways = {(one.prompt, one.better_hash, one.worse_hash) for one in unequal}
    clear = [one for one in unequal if (one.prompt, one.worse_hash, one.better_hash) not in ways]
    contrary = len(unequal) - len(clear)
    if contrary and contrary * 2 >= len(unequal):
        raise Refused(
            f"{contrary} of {len(unequal)} pairs stand both ways: people contradict each other on them. Settle them "
            "first.", code="pairs_contradictory",
        )  # fmt: skip
    first = {one.prompt: one for one in reversed(clear)}
    chosen = [first[prompt] for prompt in sorted(first)]
    if len(chosen) < LEAST_PROMPTS:
        raise Refused(
            f"Pairs of {len(chosen)} prompts can be used; at least {LEAST_PROMPTS} are needed, so that criteria are "
            "checked on pairs that they were not written from.", code="too_few_pairs",
        )  # fmt: skip
    random.Random(seed).shuffle(chosen)
    write = min(sources, len(chosen) // 3)
    each = min(checks, (len(chosen) - write) // 2)
    return Split(
        tuple(chosen[:write]), tuple(chosen[write : write + each]), tuple(chosen[write + each : write + 2 * each]),
        len(pairs) - len(unequal), contrary,
    )  # fmt: skip


def form(tokens: int) -> Form:
    """The JSON that a writer's reply of so many tokens is held to."""
    return reply_forms.listed(
        tokens, "criteria", MOST_EACH, texts=("difference", "criterion"), choice="kind", offered=tuple(Kind)
    )


def read_written(reply: str, answers: Sequence[str]) -> tuple[list[Written], list[Drop]] | None:
    """The criteria of the last list in a reply, and why others were dropped; None where there is no such list.

    Dropped is what speaks of the answers at hand or of the label, copies eight words in a row of an answer, gives
    orders, is longer than 300 characters, is neither in English nor in the answers' language, says the same again, or
    comes after the first five. Raises nothing.
    """
    said = verdicts.spoken(reply)
    begins = list(_LIST.finditer(said))
    if not begins:
        return None
    found: dict[str, Written] = {}
    dropped: list[Drop] = []
    passages, expected = [runs(one) for one in answers], languages(answers)
    for entry in verdicts.objects_of(said, begins[-1].end()):
        one = _read(entry)
        if one is None:
            continue
        drop = unfit(one.text, passages, expected)
        key = one.text.casefold().rstrip(".")
        if drop is None and key in found:
            drop = Drop.REPEATED
        elif drop is None and len(found) >= MOST_EACH:
            drop = Drop.MANY
        if drop is None:
            found[key] = one
        else:
            dropped.append(drop)
    return list(found.values()), dropped


def merged(written: Sequence[tuple[int, Written]], alike: Floats, *, over: float, known: int = 0) -> tuple[
    list[Candidate], list[Drop]
]:  # fmt: skip
    """Criteria that say the same as one, those of most pairs first, at most fifteen; `alike` are cosines.

    The rows of `alike` are the written ones; its last `known` columns are criteria that the rubric has: what is that
    much like one of them is dropped. Raises Invalid where the shape does not fit.
    """
    count = len(written)
    if alike.shape != (count, count + known):
        raise errors.Invalid("Likenesses and criteria do not fit together.", code="likeness_invalid")
    groups, old = grouped(alike, over=over, known=known)
    dropped = [Drop.KNOWN] * len(old)
    found = [_candidate([written[place] for place in group]) for group in groups]
    found.sort(key=lambda one: -len(one.sources))
    return found[:MOST_KEPT], [*dropped, *[Drop.MANY] * (len(found) - MOST_KEPT)]


def unfit(text: str, passages: Sequence[set[tuple[str, ...]]], expected: Collection[str]) -> Drop | None:
    """Why what a model wrote is no criterion by its words alone.

    `passages` are the `runs` of what it may not copy, `expected` the languages in which it may be written.
    """
    if len(text) > MOST_TEXT:
        return Drop.LONG
    if gives_orders(text):
        return Drop.ORDERS
    if _ECHO.search(text):
        return Drop.ECHO
    if any(runs(text) & each for each in passages):
        return Drop.COPIED
    return Drop.FOREIGN if language.foreign(text, expected) else None


def gives_orders(text: str) -> bool:
    """Whether a text speaks to the model that reads it, as an injected one would."""
    return bool(_ORDERS.search(text))


def languages(texts: Sequence[str]) -> frozenset[str]:
    """English, in which writers are asked, and the languages of the material."""
    return frozenset({"en", *(code for text in texts if (code := language.detect(text)))})


def runs(text: str) -> set[tuple[str, ...]]:
    """Each eight words in a row of a text."""
    words = _WORD.findall(text.casefold())
    return {tuple(words[at : at + COPIED_WORDS]) for at in range(len(words) - COPIED_WORDS + 1)}


def grouped(alike: Floats, *, over: float, known: int = 0) -> tuple[list[list[int]], list[int]]:
    """Rows that say the same as one, the first of them leading, and the rows that are like something known.

    The last `known` columns of `alike` are what is known.
    """
    count = alike.shape[1] - known
    old = [place for place in range(len(alike)) if known and alike[place, count:].max() >= over]
    groups: list[list[int]] = []
    for place in (one for one in range(len(alike)) if one not in set(old)):
        home = next((group for group in groups if alike[group[0], place] >= over), None)
        if home is None:
            groups.append([place])
        else:
            home.append(place)
    return groups, old


def plain(pair: loop.Pair) -> Pair:
    """A pair by its keys and the hashes of its texts."""
    hashes = [hashlib.sha256(one.text.encode("utf-8", "surrogatepass")).hexdigest() for one in pair]
    return Pair(pair.better.prompt, pair.better.key, pair.worse.key, hashes[0], hashes[1])


def preference(first: float | None, second: float | None) -> int | None:
    """Which answer a criterion prefers, of its degree for the better answer in one order and in the other, in [-1, 1].

    1 for the better, -1 for the worse, 0 where the orders contradict each other or both call it even; None where one
    of them failed.
    """
    if first is None or second is None:
        return None
    ways = {np.sign(first), np.sign(second)} - {0.0}
    return int(next(iter(ways))) if len(ways) == 1 else 0


def degrees(labels: Sequence[Mapping[str, float] | None], place: int, count: int) -> list[float | None]:
    """How far each criterion is more true of the better answer, which stood at this place, in [-1, 1].

    `labels` are the probabilities of the check's letters; None where nothing was said.
    """
    return [_degree(one, place) for one in (labels or (None,) * count)]


def worth(found: Sequence[int | None]) -> Worth:
    """How a candidate did on the pairs that choose: dropped where it sides with the worse at least as often."""
    right, wrong, tied = (sum(one == sign for one in found if one is not None) for sign in (1, -1, 0))
    failed = sum(one is None for one in found)
    drop = None
    if failed == len(found):
        drop = Drop.UNCHECKED
    elif right + wrong == 0:
        drop = Drop.SILENT
    elif right <= wrong:
        drop = Drop.INVERTED
    return Worth(right, wrong, tied, failed, drop)


def consistency(table: Sequence[Sequence[int | None]]) -> tuple[Rate, int]:
    """The share of held-out pairs on which all criteria together prefer the better answer, and how many failed.

    Rows are pairs, columns criteria of one weight. A tie does not reproduce the label, so it is no hit; a pair whose
    checks all failed is left out and counted.
    """
    known = [[one for one in row if one is not None] for row in table]
    hits = [sum(row) > 0 for row in known if row]
    return rate(hits), len(known) - len(hits)


def _degree(labels: Mapping[str, float] | None, place: int) -> float | None:
    if labels is None:
        return None
    first, even, second = (labels[label] for label in prompts.CHECK_LABELS)
    if first + even + second <= 0:
        return None
    if even >= max(first, second):
        return 0.0
    return (first - second) / (first + even + second) * (-1 if place else 1)


def _read(entry: object) -> Written | None:
    if not isinstance(entry, dict):
        return None
    given = [entry.get(name) for name in ("criterion", "difference", "kind")]
    if not isinstance(given[0], str) or not _WORD.search(given[0]):
        return None
    text = " ".join(given[0].split())
    difference = " ".join(given[1].split())[:MOST_TEXT] if isinstance(given[1], str) else ""
    hard = isinstance(given[2], str) and given[2].casefold().replace("_", " ") == Kind.HARD_RULE
    return Written(text, difference, Kind.HARD_RULE if hard else Kind.PRINCIPLE)


def _candidate(group: Sequence[tuple[int, Written]]) -> Candidate:
    first = group[0][1]
    differences = tuple(dict.fromkeys(one.difference for _, one in group if one.difference))
    return Candidate(first.text, first.kind, differences, tuple(sorted({place for place, _ in group})))
