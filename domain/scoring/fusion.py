"""Scores smoothed over near-identical neighbours, after RewardFusion: R_f = Σ sᵢ Rᵢ / Σ sᵢ, an answer itself with 1.

The paper (arXiv 2309.16155) takes the five nearest training examples with a cosine of at least 0.9; likeness by TF-IDF
over words in place of embeddings is ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from domain import errors

Floats = npt.NDArray[np.float64]
NEIGHBOURS = 5
MOST_NEIGHBOURS = 50
NEAREST = 0.9
_BLOCK = 512


class Neighbours(NamedTuple):
    """For each answer the places of its nearest others and their similarities; 0 similarity where there is none."""

    places: npt.NDArray[np.int64]
    similarity: Floats

    @property
    def number(self) -> npt.NDArray[np.int64]:
        """How many neighbours each answer has."""
        return np.asarray(np.count_nonzero(self.similarity > 0, axis=1), dtype=np.int64)

    def of(self, place: int) -> list[tuple[int, float]]:
        """The neighbours of one answer with their similarities, the nearest first."""
        pairs = zip(self.places[place].tolist(), self.similarity[place].tolist(), strict=True)
        return [(other, alike) for other, alike in pairs if alike > 0]


def fused(scores: Floats, near: Neighbours) -> Floats:
    """Each score with those of its neighbours; an unscored neighbour is left out, an unscored answer stays unscored."""
    known = scores.tolist()
    return np.array(
        [
            math.nan if math.isnan(own) else smoothed(own, [(known[other], alike) for other, alike in near.of(place)])
            for place, own in enumerate(known)
        ],
        dtype=np.float64,
    )


def smoothed(score: float, near: Sequence[tuple[float, float]]) -> float:
    """A score, with weight 1, and its neighbours' scores weighed by their similarities; NaN among these is left out."""
    there = [(one, alike) for one, alike in near if not math.isnan(one)]
    above = math.fsum([score, *(one * alike for one, alike in there)])
    return above / math.fsum([1.0, *(alike for _, alike in there)])


def step(score: float | None, near: Sequence[tuple[str, float | None, float]]) -> dict[str, Any]:
    """What a trace keeps of it; `near` are neighbours by name, each with its score and similarity."""
    listed = [{"id": name, "score": other, "similarity": alike} for name, other, alike in near]
    given = {"score": score, "neighbours": listed}
    return {"step": "neighbours", "in": given, "out": again(given)}


def again(given: Mapping[str, Any]) -> float | None:
    """The number that a step of a trace gives again."""
    if given["score"] is None:
        return None
    near = [(math.nan if one["score"] is None else one["score"], one["similarity"]) for one in given["neighbours"]]
    return smoothed(given["score"], near)


def neighbours(texts: Sequence[str], *, most: int = NEIGHBOURS, least: float = NEAREST) -> Neighbours:
    """The nearest others by the cosine of TF-IDF over words, those at least `least` alike.

    `most` is from 1 to 50, `least` above 0 and at most 1.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    _check(most, least)
    count = len(texts)
    width = min(most, max(count - 1, 0))
    places = np.zeros((count, width), dtype=np.int64)
    similarity = np.zeros((count, width))
    if not width or not any(text.strip() for text in texts):
        return Neighbours(places, similarity)
    matrix = TfidfVectorizer(analyzer=_words).fit_transform(texts)
    for start in range(0, count, _BLOCK):
        block = (matrix[start : start + _BLOCK] @ matrix.T).toarray()
        rows = np.arange(len(block))
        block[rows, start + rows] = -1.0
        nearest = np.argsort(-block, axis=1, kind="stable")[:, :width]
        alike = np.clip(np.take_along_axis(block, nearest, axis=1), -1.0, 1.0)
        places[start : start + len(block)] = nearest
        similarity[start : start + len(block)] = np.where(alike >= least, alike, 0.0)
    return Neighbours(places, similarity)


def _check(most: int, least: float) -> None:
    if not 1 <= most <= MOST_NEIGHBOURS:
        said = f"The number of neighbours is from 1 to {MOST_NEIGHBOURS}."
        raise errors.Invalid(said, code="neighbours_invalid", problems=[errors.Problem("/neighbours", said)])
    if not 0 < least <= 1:
        said = "The likeness from which on answers are neighbours lies above 0 and up to 1."
        raise errors.Invalid(said, code="neighbours_invalid", problems=[errors.Problem("/alike", said)])


def _words(text: str) -> list[str]:
    return text.lower().split()
