"""Rules over pairs of criteria: duplicates, overlap and contradiction."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from domain import rubric
from domain.lint import fixes
from domain.lint.findings import Context, Finding, Rule, Severity

NEAR = 0.75
ALIKE = 90.0
CHUNK = 512
_NEGATION = re.compile(
    r"\b(?:does not|doesn['’]t|do not|don['’]t|must not|should not|not|never|no|avoids?|without|fails to)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_SMALL = frozenset({
    "a", "an", "the", "of", "to", "in", "on", "at", "for", "by", "is", "are", "be", "that", "this", "it", "its", "and",
    "with", "as", "should", "must", "response", "answer",
})  # fmt: skip


class Pair(NamedTuple):
    """Two criteria by position, how alike they are, and whether just one of them is negated."""

    first: int
    second: int
    alike: float
    opposed: bool


@functools.lru_cache(maxsize=64)
def pairs(texts: tuple[str, ...]) -> tuple[Pair, ...]:
    """All pairs of texts that say nearly the same."""
    plain = [_plain(text) for text in texts]
    if len(texts) < 2 or not any(_WORD.search(text) for text in plain):
        return ()
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32).fit_transform(plain)
    negated = [bool(_NEGATION.search(text)) for text in texts]
    found = []
    for start in range(0, len(texts), CHUNK):
        near = (vectors[start : start + CHUNK] @ vectors.T).toarray()
        for row, column in zip(*np.nonzero(near >= NEAR), strict=True):
            first, second = start + int(row), int(column)
            if first < second and (alike := _alike(plain[first], plain[second])) >= ALIKE:
                found.append(Pair(first, second, alike, negated[first] != negated[second]))
    return tuple(found)


def pairs_with(texts: tuple[str, ...], at: int) -> tuple[Pair, ...]:
    """The pairs of one text, found without comparing the others among each other."""
    plain = [_plain(text) for text in texts]
    negated = bool(_NEGATION.search(texts[at]))
    near = process.extract_iter(plain[at], plain, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    found = []
    for _, _, other in near if _WORD.search(plain[at]) else ():
        first, second = min(at, other), max(at, other)
        if first < second and (alike := _alike(plain[first], plain[second])) >= ALIKE:
            found.append(Pair(first, second, alike, negated != bool(_NEGATION.search(texts[other]))))
    return tuple(found)


def content(text: str) -> tuple[frozenset[str], bool]:
    """The words of a text that carry meaning, and whether it is negated."""
    words = frozenset(_WORD.findall(_plain(text))) - _SMALL
    return words, bool(_NEGATION.search(text))


@functools.lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    return " ".join(_NEGATION.sub(" ", text).casefold().split())


def _alike(one: str, two: str) -> float:
    """How alike two texts are, 0 where they differ in a word that carries meaning."""
    ratio = fuzz.token_sort_ratio(one, two)
    if ratio < ALIKE or one == two:
        return ratio
    first, second = set(_WORD.findall(one)), set(_WORD.findall(two))
    here, there = first - second - _SMALL, second - first - _SMALL
    return ratio if all(_inflected(word, there) for word in here) and all(_inflected(w, here) for w in there) else 0.0


def _inflected(word: str, others: set[str]) -> bool:
    """Whether a word stands on the other side with another ending."""
    return len(word) > 3 and any(
        word[:-2] == other[: len(word) - 2] and fuzz.ratio(word, other) > 80 for other in others
    )


def _pairs(said: rubric.Rubric, context: Context) -> Iterator[tuple[Pair, rubric.Criterion, rubric.Criterion]]:
    texts = tuple(criterion.text for criterion in said.criteria)
    places = [n for n, criterion in enumerate(said.criteria) if criterion.id == context.only]
    for pair in pairs_with(texts, places[0]) if places else pairs(texts):
        one, two = said.criteria[pair.first], said.criteria[pair.second]
        if one.kind is not rubric.Kind.CHECK and two.kind is not rubric.Kind.CHECK:
            yield pair, one, two


def _same(one: rubric.Criterion, two: rubric.Criterion) -> bool:
    return " ".join(one.text.split()).casefold() == " ".join(two.text.split()).casefold()


def _find_duplicates(said: rubric.Rubric, context: Context) -> Iterator[Finding]:
    for _, one, two in _pairs(said, context):
        if _same(one, two) and one.polarity is two.polarity and one.group == two.group:
            twin = one.model_copy(update={"id": two.id, "text": two.text, "notes": two.notes}) == two
            fix = fixes.remove(two, "Remove this one", safe=twin and two.gate is None)
            yield Finding(DUPLICATE, f"It says the same as “{_short(one)}”.", two.id, fix=fix, about=two.text)


def _find_overlaps(said: rubric.Rubric, context: Context) -> Iterator[Finding]:
    for pair, one, two in _pairs(said, context):
        if not pair.opposed and one.polarity is two.polarity and one.group == two.group and not _same(one, two):
            sentence = f"It nearly repeats “{_short(one)}”: keep one, or say what sets them apart."
            fix = fixes.remove(two, "Remove this one")
            yield Finding(OVERLAP, sentence, two.id, fix=fix, about=f"{one.text}\x1f{two.text}")


def _find_contradictions(said: rubric.Rubric, context: Context) -> Iterator[Finding]:
    for pair, one, two in _pairs(said, context):
        if pair.opposed == (one.polarity is two.polarity):
            sentence = f"It rewards what “{_short(one)}” punishes: keep one of the two."
            yield Finding(CONTRADICTION, sentence, two.id, about=f"{one.text}\x1f{two.text}")


def _short(criterion: rubric.Criterion) -> str:
    return criterion.text if len(criterion.text) <= 60 else f"{criterion.text[:59]}…"


DUPLICATE = Rule(
    "duplicate", Severity.WARNING, "Same text twice", "What is asked twice counts twice.",
    good="Each thing once, with the weight it deserves.", bad="Names the dose. Names the dose.", look=_find_duplicates,
)  # fmt: skip
OVERLAP = Rule(
    "overlap", Severity.WARNING, "Nearly the same as another", "What two criteria share is rewarded twice.",
    good="States the dose. States the time of the dose.", bad="States the dose. States a dose.", look=_find_overlaps,
)  # fmt: skip
CONTRADICTION = Rule(
    "contradiction", Severity.ERROR, "Contradicts another",
    "No answer can meet both, so every answer loses.",
    good="Names the diagnosis.", bad="Names the diagnosis. Does not name the diagnosis.", look=_find_contradictions,
)  # fmt: skip
RULES = (CONTRADICTION, DUPLICATE, OVERLAP)
