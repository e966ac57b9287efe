"""What rollouts say again and again: within one of them, and in many that were paid well."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

WORDS = 4
"""Words of a phrase whose repetition counts within a text; ours: the 20 of The Climb (2505.22653) need long texts."""
MOST_WORDS = 20_000
_WORD = re.compile(r"\w+")


class Phrase(NamedTuple):
    """Words that many texts share, and in how many of them they stand."""

    text: str
    texts: int
    share: float


def repetition(text: str, words: int = WORDS) -> float:
    """The share of a text's phrases of so many words that stood in it before, in [0, 1].

    The repeated-n-gram ratio of The Climb (2505.22653): 1 − distinct / all. 0 for texts shorter than one phrase; of
    very long ones the first 20,000 words count.
    """
    all_of_them = list(_phrases(text, words))
    return 1.0 - len(set(all_of_them)) / len(all_of_them) if all_of_them else 0.0


def phrases(texts: Iterable[str], *, words: int = 6, most: int = 5, least: int = 3) -> list[Phrase]:
    """The phrases that stand in the most texts, each counted once a text; those in fewer than `least` are left out.

    RewardDance (2509.08826) watches what highly paid outputs share. A phrase that shares words with one already
    listed, being its neighbour in the same sentence, is not listed again.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    count = 0
    for text in texts:
        count += 1
        seen.update(set(_phrases(text, words)))
    found: list[tuple[tuple[str, ...], int]] = []
    for phrase, times in sorted(seen.items(), key=lambda pair: (-pair[1], pair[0])):
        if times < least or len(found) == most:
            break
        if not any(_neighbours(phrase, other) for other, _ in found):
            found.append((phrase, times))
    return [Phrase(" ".join(phrase), times, times / count) for phrase, times in found]


def _phrases(text: str, words: int) -> Iterator[tuple[str, ...]]:
    said = [match.group().lower() for match, _ in zip(_WORD.finditer(text), range(MOST_WORDS), strict=False)]
    return (tuple(said[at : at + words]) for at in range(len(said) - words + 1))


def _neighbours(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return any(one[shift:] == other[:-shift] or other[shift:] == one[:-shift] for shift in range(1, len(one)))
