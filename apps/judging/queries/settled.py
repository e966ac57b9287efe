"""Columns of verdicts that can no longer change, kept in this process.

The database refuses to change a verdict that is scored or does not apply, so what was read of those needs no second
look; all else is read each time.
"""

import hashlib
from collections.abc import Iterable

import numpy as np

from domain.scoring import table

MOST_CELLS = 4_000_000
FINAL = (table.OK, table.NOT_APPLICABLE)
Key = tuple[str, ...]
Column = tuple[table.Floats, table.Codes, table.Bools]
_columns: dict[Key, Column] = {}


def mark(answers: Iterable[tuple[int, str]]) -> str:
    """One name for answers in their order, given as subjects with the contexts they were judged in."""
    return hashlib.sha256(repr(list(answers)).encode()).hexdigest()


def known(key: Key) -> Column | None:
    """Values, codes, and where both are final; None where nothing was kept."""
    return _columns.get(key)


def keep(key: Key, values: table.Floats, codes: table.Codes, given: table.Bools) -> None:
    """Keep what is final of a column that was just read."""
    final = given & np.isin(codes, FINAL)
    if not final.any():
        return
    if sum(len(column[1]) for column in list(_columns.values())) + len(codes) > MOST_CELLS:
        _columns.clear()
    _columns[key] = (
        np.where(final, values, 0.0),
        np.where(final, codes, table.CANNOT_ASSESS).astype(np.int8),
        final,
    )
