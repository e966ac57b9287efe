"""Rows from JSON Lines, CSV and Parquet, whichever a file is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from domain import errors, reading

MAX_ROWS = 200_000
MAX_CELL = 2_000_000
MAX_UNPACKED = 1 << 30

Row = dict[str, Any]


def rows(data: bytes) -> list[Row]:
    """All rows of a table as objects."""
    found = _rows(data)
    if len(found) > MAX_ROWS:
        raise _refusal(f"A table may have at most {MAX_ROWS} rows.")
    problems = [
        errors.Problem(f"/{n}", "A row must be an object.") for n, row in enumerate(found) if not isinstance(row, dict)
    ]
    if problems:
        raise reading.invalid(problems, code="table_invalid")
    return found


def _rows(data: bytes) -> list[Any]:
    if data.startswith(b"PAR1"):
        return _parquet(data)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return reading.records(data) if start in (b"{", b"[") else list(_csv(reading.text(data)))


def _csv(body: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    lines = csv.reader(io.StringIO(body, newline=""), strict=True)
    try:
        head = next(lines, [])
        if len(set(head)) != len(head) or not any(head):
            raise _refusal("The first line of a CSV file must name each column once.")
        for n, line in enumerate(lines):
            if line and len(line) != len(head):
                message = f"This row has {len(line)} cells for {len(head)} columns."
                raise reading.invalid([errors.Problem(f"/{n}", message)], code="table_invalid")
            if line:
                yield dict(zip(head, line, strict=True))
    except csv.Error as error:
        raise _refusal(f"The file is not CSV: {error}.") from error


def _parquet(data: bytes) -> list[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        head = file.metadata
        size = sum(head.row_group(n).total_byte_size for n in range(head.num_row_groups))
        if head.num_rows > MAX_ROWS or size > MAX_UNPACKED:
            raise _refusal(f"A table may have at most {MAX_ROWS} rows and 1 GiB.")
        found: list[Any] = file.read().to_pylist()
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())[:300]
        raise _refusal(f"The file is not Parquet: {said}.") from error
    return found


def _refusal(message: str) -> errors.Invalid:
    return reading.invalid([errors.Problem("", message)], code="table_invalid")
