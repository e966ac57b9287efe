"""Texts as vectors of the words in them, where no model of embeddings is at hand; and cosines."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from domain import errors

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float64]]
_WORD = re.compile(r"\w+")
_FILLER = re.compile(r"\b(the|this|an|a) (response|answer|reply|text)\b|\b(response|answer|reply)\b", re.IGNORECASE)


def word_vectors(texts: Sequence[str]) -> Vectors:
    """TF-IDF over pieces of three letters within words, one row a text, of zeros where a text has no word (ours).

    Words that name the answer itself do not count: nearly every principle has them.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    plain = [" ".join(_WORD.findall(_FILLER.sub(" ", text).casefold())) for text in texts]
    if not any(plain):
        return np.zeros((len(texts), 1))
    made = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3)).fit_transform(plain)
    return np.asarray(made.toarray(), dtype=np.float64)


def cosines(vectors: Vectors, others: Vectors | None = None) -> Vectors:
    """The cosine of each row with each other row, in [-1, 1]; 0 where a row is all zeros.

    Raises Invalid where a number is not finite or the rows differ in length.
    """
    one, two = _unit(vectors), _unit(vectors if others is None else others)
    if one.shape[1] != two.shape[1]:
        raise errors.Invalid("Vectors are compared by as many numbers each.", code="vectors_invalid")
    return np.clip(one @ two.T, -1.0, 1.0)


def _unit(vectors: Vectors) -> Vectors:
    if not np.isfinite(vectors).all():
        raise errors.Invalid("A vector has finite numbers.", code="vectors_invalid")
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1.0)
