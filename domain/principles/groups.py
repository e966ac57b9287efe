"""Principles of several people that say the same: consensus on one answer, and groups over all answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from domain import errors
from domain.principles.vectors import Vectors, cosines

ALIKE = 0.8
"""RLBFF (arXiv:2509.21319); it finds 0.7 and 0.9 somewhat and much the same."""

ALIKE_IN_WORDS = 0.5
"""By words alone the same is seldom said so much alike (ours)."""

MOST = 4_000


class Held(NamedTuple):
    """Who holds a principle of which answer, and whether by that person the answer meets it."""

    person: str
    answer: str
    met: bool


class Standing(StrEnum):
    """How far people agree on a group of principles."""

    AGREED = "agreed"
    SPLIT = "split"
    SEVERAL = "several"
    ALONE = "alone"


class Group(NamedTuple):
    """Principles that say the same, by position, the one in the middle first.

    `agreed` counts answers on which all who wrote about it, two at least, hold the principle and say the same of the
    answer; `split` those on which two say the contrary; `partial` those on which some of them do not hold it.
    """

    members: tuple[int, ...]
    people: int
    answers: int
    agreed: int
    split: int
    partial: int

    @property
    def standing(self) -> Standing:
        """Agreed, split, held by several people on different answers or beside others, or by one alone."""
        if self.split:
            return Standing.SPLIT
        if self.agreed:
            return Standing.AGREED
        return Standing.SEVERAL if self.people > 1 else Standing.ALONE


def consensus(held: Sequence[Held], vectors: Vectors, *, over: float = ALIKE) -> list[bool]:
    """Whether every other person who holds a principle of the same answer holds one more alike than `over` to it.

    RLBFF (arXiv:2509.21319, section 3): a principle of an answer on which only one person wrote has no consensus.
    Raises Invalid for a likeness outside [0, 1] and where there is not one vector for each.
    """
    near = _near(held, vectors, over)
    of: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for n, one in enumerate(held):
        of[one.answer][one.person].append(n)
    found = []
    for n, one in enumerate(held):
        others = [rows for person, rows in of[one.answer].items() if person != one.person]
        found.append(bool(others) and all(bool(near[n, rows].any()) for rows in others))
    return found


def groups(
    held: Sequence[Held], vectors: Vectors, *, over: float = ALIKE, wrote: Mapping[str, int] | None = None
) -> list[Group]:
    """Principles joined so that each two of a group are more alike than `over`; those of most people first.

    The two groups that are alike the most are joined first (complete linkage; ours, the paper compares within one
    answer only). `wrote` says how many people wrote about each answer, where some of them named no principle. Raises
    Invalid as `consensus`, and for more than 4,000 principles.
    """
    _check(held, vectors, over)
    return groups_of(held, cosines(vectors), over=over, wrote=wrote)


def groups_of(
    held: Sequence[Held], alike: Vectors, *, over: float = ALIKE, wrote: Mapping[str, int] | None = None
) -> list[Group]:
    """The same where cosines are at hand, a row and a column a principle."""
    if len(held) > MOST:
        raise errors.Invalid(f"At most {MOST:,} principles are compared with each other.", code="principles_many")
    if not held:
        return []
    near = alike > over
    people: dict[str, set[str]] = defaultdict(set)
    for one in held:
        people[one.answer].add(one.person)
    writers = {answer: max(len(names), (wrote or {}).get(answer, 0)) for answer, names in people.items()}
    made = [_group(held, rows, alike, writers) for rows in _joined(alike, near)]
    return sorted(made, key=lambda one: (-one.people, -one.answers, -len(one.members), one.members[0]))


def nearest(vectors: Vectors, others: Vectors) -> list[tuple[int, float] | None]:
    """The position of the likest other of each row and their cosine; None where there is none that is at all alike."""
    if not len(others) or not len(vectors):
        return [None] * len(vectors)
    alike = cosines(vectors, others)
    best = alike.argmax(axis=1)
    return [(int(at), float(row[at])) if row[at] > 0 else None for row, at in zip(alike, best, strict=True)]


def _near(held: Sequence[Held], vectors: Vectors, over: float) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    _check(held, vectors, over)
    return cosines(vectors) > over if held else np.zeros((0, 0), dtype=np.bool_)


def _check(held: Sequence[Held], vectors: Vectors, over: float) -> None:
    if not 0 <= over <= 1:
        raise errors.Invalid("A likeness lies from 0 to 1.", code="likeness_invalid")
    if len(vectors) != len(held):
        raise errors.Invalid("Every principle needs a vector.", code="vectors_invalid")


def _joined(alike: Vectors, near: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> list[list[int]]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    count = len(alike)
    if count < 2:
        return [[n] for n in range(count)]
    apart = np.where(near, 1.0 - alike, 2.0)  # what is not near is further than anything that is
    apart = np.maximum(apart, apart.T)
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(np.clip(apart, 0.0, 2.0), checks=False), method="complete")
    rows: dict[int, list[int]] = defaultdict(list)
    for n, label in enumerate(fcluster(tree, t=1.999, criterion="distance")):
        rows[int(label)].append(n)
    return list(rows.values())


def _group(held: Sequence[Held], rows: list[int], alike: Vectors, writers: Mapping[str, int]) -> Group:
    middle = max(rows, key=lambda n: (float(alike[n, rows].sum()), -n))
    said: dict[str, dict[str, set[bool]]] = defaultdict(lambda: defaultdict(set))
    for n in rows:
        said[held[n].answer][held[n].person].add(held[n].met)
    agreed = split = partial = 0
    for answer, by in said.items():
        values = set().union(*by.values())
        if len(by) > 1 and len(values) > 1:
            split += 1
        elif writers[answer] > 1 and len(by) == writers[answer] and len(values) == 1:
            agreed += 1
        elif writers[answer] > 1:
            partial += 1
    return Group(
        members=(middle, *(n for n in rows if n != middle)),
        people=len({held[n].person for n in rows}),
        answers=len(said),
        agreed=agreed,
        split=split,
        partial=partial,
    )
