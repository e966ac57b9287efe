"""Answers by prompt, in columns: centring, extremes and comparisons within a prompt, without a loop over prompts."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclasses.dataclass(frozen=True, eq=False)
class Groups:
    """`codes` say to which prompt, by its place in `names`, each row belongs."""

    codes: Places
    names: Sequence[str]

    @classmethod
    def of(cls, prompts: Sequence[str]) -> Groups:
        """The groups of rows with the same prompt, in the order in which prompts first come."""
        first: dict[str, int] = {}
        codes = np.fromiter((first.setdefault(name, len(first)) for name in prompts), np.intp, len(prompts))
        return cls(codes, list(first))

    def __len__(self) -> int:
        return len(self.names)

    @functools.cached_property
    def sizes(self) -> npt.NDArray[np.intp]:
        """How many rows each prompt has."""
        return np.bincount(self.codes, minlength=len(self.names))

    @functools.cached_property
    def order(self) -> Places:
        """The rows by prompt, in their order within each."""
        return np.argsort(self.codes, kind="stable")

    @functools.cached_property
    def starts(self) -> Places:
        """Where each prompt begins in `order`."""
        return np.concatenate(([0], np.cumsum(self.sizes)[:-1])).astype(np.intp)

    def sums(self, values: Floats) -> Floats:
        """The sum in each group; of a matrix, of each of its columns."""
        if values.ndim == 1:
            summed: Floats = np.bincount(self.codes, values, minlength=len(self.names)).astype(np.float64)
            return summed
        found: Floats = np.add.reduceat(values[self.order], self.starts, axis=0)
        return found

    def means(self, values: Floats) -> Floats:
        """The mean in each group."""
        sizes = self.sizes if values.ndim == 1 else self.sizes[:, None]
        found: Floats = self.sums(values) / sizes
        return found

    def most(self, values: Floats) -> Floats:
        """The largest value in each group."""
        found: Floats = np.maximum.reduceat(values[self.order], self.starts, axis=0)
        return found

    def least(self, values: Floats) -> Floats:
        """The smallest value in each group."""
        found: Floats = np.minimum.reduceat(values[self.order], self.starts, axis=0)
        return found

    def centred(self, values: Floats) -> Floats:
        """Values less the mean of their group."""
        found: Floats = values - self.means(values)[self.codes]
        return found

    @functools.cached_property
    def comparisons(self) -> tuple[Places, Places]:
        """All pairs of rows of one prompt, the earlier row first."""
        lefts, rights = [], []
        for size in np.unique(self.sizes):
            if size < 2:
                continue
            starts = self.starts[self.sizes == size]
            left, right = np.triu_indices(int(size), 1)
            lefts.append((starts[:, None] + left[None, :]).ravel())
            rights.append((starts[:, None] + right[None, :]).ravel())
        if not lefts:
            nothing = np.zeros(0, dtype=np.intp)
            return nothing, nothing
        return self.order[np.concatenate(lefts)], self.order[np.concatenate(rights)]
