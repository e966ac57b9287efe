"""Ratings as three columns: item, rater, value; what all statistics over many ratings are computed from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from domain import errors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]

Merging = Literal["majority", "mean"]
MOST_PAIRS = 3_000_000


class Table(NamedTuple):
    """Ratings that were given: codes of items and raters from 0 on, and the value; at most one a rater and item."""

    items: Codes
    raters: Codes
    values: Numbers

    @property
    def n_items(self) -> int:
        """How many items were rated."""
        return int(self.items.max()) + 1 if len(self.items) else 0

    @property
    def n_raters(self) -> int:
        """How many raters rated."""
        return int(self.raters.max()) + 1 if len(self.raters) else 0


class Pairs(NamedTuple):
    """Every two ratings of one item: which two raters (a code), the item, and the codes of both values."""

    who: Codes
    items: Codes
    first: Codes
    second: Codes
    raters: list[tuple[int, int]]
    levels: Numbers


def of_triples(items: Sequence[int] | Codes, raters: Sequence[int] | Codes, values: Sequence[float] | Numbers) -> Table:
    """A table of keys of items and raters; raises Invalid where lengths differ or a value is not finite."""
    import numpy as np

    given = np.asarray(values, dtype=float)
    if not len(items) == len(raters) == len(given):
        raise errors.Invalid("Items, raters and values have different lengths.", code="table_invalid")
    if not np.isfinite(given).all():
        raise errors.Invalid("A rating must be a finite number.", code="table_invalid")
    return Table(_codes(np.asarray(items, dtype=np.int64)), _codes(np.asarray(raters, dtype=np.int64)), given)


def of_rows(rows: Iterable[Sequence[float | None]]) -> Table:
    """A table of rows, one an item, with a column for each rater and None where nothing was given."""
    found = [(n, k, value) for n, row in enumerate(rows) for k, value in enumerate(row) if value is not None]
    return of_triples([n for n, _, _ in found], [k for _, k, _ in found], [value for _, _, value in found])


def kept(table: Table, chosen: npt.NDArray[np.bool_]) -> Table:
    """The chosen ratings, with items and raters numbered afresh."""
    return Table(_codes(table.items[chosen]), _codes(table.raters[chosen]), table.values[chosen])


def sides(first: Table, second: Table, *, merging: Merging) -> tuple[Table, int]:
    """Two groups as two raters, and how many items that both rated have no majority.

    The items of both tables must carry the same codes. Several ratings of one group become their mean, or the value
    that more than half of them have.
    """
    import numpy as np

    count = max(first.n_items, second.n_items)
    merged = [_merged(table, count, merging) for table in (first, second)]
    rated = [np.bincount(table.items, minlength=count) > 0 for table in (first, second)]
    both = ~np.isnan(merged[0]) & ~np.isnan(merged[1])
    places = np.flatnonzero(both)
    made = of_triples(
        np.concatenate([places, places]),
        np.repeat([0, 1], len(places)),
        np.concatenate([merged[0][both], merged[1][both]]),
    )
    return made, int((rated[0] & rated[1] & ~both).sum())


def pairs(table: Table, *, levels: Numbers | None = None) -> Pairs:
    """All pairs of ratings of one item by different raters; raises Invalid where they are more than three million."""
    import numpy as np

    order = np.lexsort((table.raters, table.items))
    items, raters, values = table.items[order], table.raters[order], table.values[order]
    sizes = np.bincount(items, minlength=table.n_items)
    if int((sizes * (sizes - 1) // 2).sum()) > MOST_PAIRS:
        raise errors.Invalid(
            "Too many pairs of ratings for a coefficient of two raters; choose raters, or take alpha.",
            code="too_many_pairs",
        )
    starts = np.cumsum(sizes) - sizes
    left, right = [], []
    for size in np.unique(sizes[sizes > 1]):
        at = starts[sizes == size][:, None]
        one, other = np.triu_indices(int(size), 1)
        left.append((at + one).ravel())
        right.append((at + other).ravel())
    a = np.concatenate(left) if left else np.array([], dtype=np.int64)
    b = np.concatenate(right) if right else np.array([], dtype=np.int64)
    known = np.unique(values) if levels is None else levels
    keys = raters[a] * max(table.n_raters, 1) + raters[b]
    seen, who = np.unique(keys, return_inverse=True)
    both = [(int(key) // table.n_raters, int(key) % table.n_raters) for key in seen]
    first, second = np.searchsorted(known, values[a]), np.searchsorted(known, values[b])
    return Pairs(who.astype(np.int64), items[a], first, second, both, known)


def _codes(keys: Codes) -> Codes:
    import numpy as np

    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def _merged(table: Table, count: int, merging: Merging) -> Numbers:
    import numpy as np

    sizes = np.bincount(table.items, minlength=count)
    found = np.full(count, np.nan)
    if merging == "mean":
        rated = sizes > 0
        found[rated] = np.bincount(table.items, weights=table.values, minlength=count)[rated] / sizes[rated]
        return found
    levels, codes = np.unique(table.values, return_inverse=True)
    for code, value in enumerate(levels):
        votes = np.bincount(table.items[codes == code], minlength=count)
        found[(votes * 2 > sizes) & (sizes > 0)] = value
    return found
