"""Scores smoothed over near-identical neighbours, after RewardFusion: R_f = Σ sᵢ Rᵢ / Σ sᵢ, an answer itself with 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
NEIGHBOURS = 5
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


def fused(scores: Floats, near: Neighbours) -> Floats:
    """Each score with those of its neighbours; an unscored neighbour is left out, an unscored answer stays unscored."""
    theirs: Floats = scores[near.places]
    weight = np.where(np.isnan(theirs), 0.0, near.similarity)
    total = scores + (weight * np.nan_to_num(theirs)).sum(axis=1)
    smooth: Floats = total / (1.0 + weight.sum(axis=1))
    return smooth


def neighbours(texts: Sequence[str], *, most: int = NEIGHBOURS, least: float = NEAREST) -> Neighbours:
    """The nearest others by the cosine of TF-IDF over words, those at least `least` alike."""
    from sklearn.feature_extraction.text import TfidfVectorizer

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


def _words(text: str) -> list[str]:
    return text.lower().split()
