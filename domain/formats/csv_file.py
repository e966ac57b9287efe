"""Rubrics as CSV, one row a criterion."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from domain.formats import building, cells, sheet
from domain.formats.cells import Cell
from domain.formats.models import Exported, Imported, Written

MAX_CELL = 2_000_000
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read(data: bytes) -> Imported:
    """Rows with commas, semicolons or tabs between, in UTF-8 or in UTF-16 with its mark."""
    body = _text(data)
    return sheet.read(sheet.lines(_rows(body)))


def write(rubrics: Sequence[Exported]) -> Written:
    """UTF-8 with a mark, so that spreadsheets read it as such; cells that look like formulas are neutralised."""
    table, report = sheet.table(rubrics)
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["" if cell is None else cell for cell in row] for row in table])
    return Written(b"\xef\xbb\xbf" + out.getvalue().encode(), "text/csv; charset=utf-8", "csv", tuple(report))


def _text(data: bytes) -> str:
    encoding = _MARKS.get(data[:2])
    if encoding is None:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            message = f"The file is not UTF-8 (line {line}); save it as `CSV UTF-8`."
            raise building.refuse(f"/{line}", message, sheet.CODE) from error
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise building.refuse("", f"The file is not {encoding.upper()}: {error.reason}.", sheet.CODE) from error


def _rows(body: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=_delimiter(body), strict=True)
    try:
        for n, row in enumerate(rows, 1):
            yield n, [cells.restored(cell) for cell in row]
    except csv.Error as error:
        raise building.refuse(f"/{rows.line_num}", f"The file is not CSV: {error}.", sheet.CODE) from error


def _delimiter(body: str) -> str:
    """The mark that stands most often in the first line."""
    first = next((line for line in body.split("\n") if line.strip()), "")
    return max(",;\t", key=first.count)
