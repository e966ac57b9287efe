"""The stored verdicts of many run items as columns: found by the keys that the run kept, in one query or two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from domain import calibration
from domain.scoring import table

Curves = Mapping[str, calibration.Curve]
_DIGESTS = """
SELECT array_agg(hashtextextended(digest, 0) ORDER BY place)
  FROM unnest(%s::text[]) WITH ORDINALITY AS d(digest, place)
"""
_CELLS = """
COPY (SELECT i.id, coalesce((
        SELECT string_agg(int8send(hashtextextended(v.criterion_digest, 0))
               || float8send(coalesce(v.value, -array_position(%(statuses)s::text[], v.status::text)))
               || float8send(coalesce(v.probability, v.value, 'NaN')), ''::bytea)
          FROM judging_verdict v WHERE {where}), ''::bytea)
        FROM judging_runitem i WHERE i.id = ANY(%(items)s::bigint[]))
  TO STDOUT (FORMAT BINARY)
"""
"""A cell is the hash of what was asked, the value or minus the place of the status, and what the judge said.

One subquery an item, because verdicts of one answer lie together: no plan depends on what the planner knows of them.
"""
_NEAR = "v.subject_id = i.subject_id AND v.key = ANY(i.verdict_keys)"
_ANYWHERE = "v.key = ANY(i.verdict_keys)"
"""Also with another subject: equal answers in two data sets share verdicts."""
_CELL = np.dtype([("digest", ">i8"), ("value", ">f8"), ("said", ">f8")])


@dataclass(frozen=True)
class Cells:
    """Values and codes of items (rows) under criterion digests (columns); `given` marks stored verdicts.

    `said` is what the judge said before its level was chosen, which calibrations go by.
    """

    digests: tuple[str, ...]
    values: table.Floats
    codes: table.Codes
    said: table.Floats
    given: table.Bools

    def calibrated(self, curves: Curves) -> table.Floats:
        """The values, those of digests with a curve by that curve."""
        values = self.values
        for column, digest in enumerate(self.digests):
            if (curve := curves.get(digest)) is not None:
                values = values.copy() if values is self.values else values
                scored = self.codes[:, column] == table.OK
                said, place = np.unique(self.said[scored, column], return_inverse=True)
                values[scored, column] = np.array([curve(one) for one in said.tolist()])[place]
        return values


def cells(items: Sequence[int], digests: Sequence[str]) -> Cells:
    """The verdicts of run items, by primary key, on what these digests name."""
    shape = (len(items), len(digests))
    codes = np.full(shape, table.CANNOT_ASSESS, dtype=np.int8)
    found = Cells(tuple(digests), np.zeros(shape), codes, np.zeros(shape), np.zeros(shape, dtype=bool))
    rows = np.asarray(items, dtype=np.int64)
    hashes = _hashes(digests)
    _fill(found, rows, hashes, _NEAR)
    lacking = rows[~found.given.all(axis=1)]
    if lacking.size:
        _fill(found, rows, hashes, _ANYWHERE, lacking)
    return found


def _hashes(digests: Sequence[str]) -> npt.NDArray[np.int64]:
    with connection.cursor() as cursor:
        cursor.execute(_DIGESTS, [list(digests)])
        found = cursor.fetchone()
    return np.array(found[0] if found and found[0] else [], dtype=np.int64)


def _fill(
    found: Cells, rows: npt.NDArray[np.int64], hashes: npt.NDArray[np.int64], where: str,
    chosen: npt.NDArray[np.int64] | None = None,
) -> None:  # fmt: skip
    """Write what is stored of the chosen items, or of all."""
    wanted = rows if chosen is None else chosen
    sent: dict[str, Any] = {"items": wanted.tolist(), "statuses": [status.value for status in table.STATUSES]}
    items, counts, blocks = _read(_CELLS.format(where=where), sent)
    read = np.frombuffer(b"".join(blocks), dtype=_CELL)
    order = np.argsort(rows)
    row = np.repeat(order[np.searchsorted(rows, items, sorter=order)], counts)
    sorted_ = np.argsort(hashes)
    place = np.searchsorted(hashes, read["digest"], sorter=sorted_).clip(max=max(len(hashes) - 1, 0))
    column = sorted_[place] if len(hashes) else place
    asked = hashes[column] == read["digest"] if len(hashes) else np.zeros(len(read), dtype=bool)
    at = row[asked], column[asked]
    value = read["value"][asked].astype(np.float64)
    code = np.where(value < 0, -value - 1, table.OK).astype(np.int8)
    found.values[at] = np.where(code == table.OK, value, 0.0)
    found.codes[at] = code
    found.said[at] = read["said"][asked]
    found.given[at] = True


def _read(statement: str, sent: Mapping[str, Any]) -> tuple[list[int], npt.NDArray[np.int64], list[bytes]]:
    """Items, how many cells each has, and the cells."""
    items, blocks = [], []
    with connection.cursor() as cursor, cursor.copy(statement, sent) as copy:
        copy.set_types(["int8", "bytea"])
        for item, block in copy.rows():
            items.append(item)
            blocks.append(block)
    return items, np.array([len(block) // _CELL.itemsize for block in blocks], dtype=np.int64), blocks
