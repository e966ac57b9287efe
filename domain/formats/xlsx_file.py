"""Rubrics as an Excel workbook, one row a criterion; nothing in it is ever computed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError

from domain import errors
from domain.formats import building, cells, sheet
from domain.formats.cells import Cell
from domain.formats.models import Exported, Imported, Note, Written

CODE = "xlsx_invalid"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_PARTS = 2_000
MAX_UNPACKED = 128 * 2**20
MAX_CELL = 32_767
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_FAULTS = (
    zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError,
    EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip


def read(data: bytes) -> Imported:
    """The first sheet with a column `text`; formulas are taken as text and told."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _check_size(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        return _read(book)
    except errors.Invalid:
        raise
    except (InvalidFileException, *_FAULTS) as error:
        raise building.refuse("", "The file is not a workbook that can be read (.xlsx).", CODE) from error


def _check_size(data: bytes) -> None:
    """Refuse archives that unpack to far more than they are, and documents that define entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise building.refuse("", "The workbook unpacks to more than 128 MB.", CODE)
            unpacked = 0
            for part in parts:
                with archive.open(part) as file:
                    start = file.read(65_536)
                    unpacked += len(start)
                    if _DOCTYPE.search(start):
                        raise building.refuse("", "The workbook defines entities, which none needs.", CODE)
                    while piece := file.read(1_048_576):
                        unpacked += len(piece)
                        if unpacked > MAX_UNPACKED:
                            raise building.refuse("", "The workbook unpacks to more than 128 MB.", CODE)
    except errors.Invalid:
        raise
    except Exception as error:
        if (
            isinstance(error, (*_FAULTS, zipfile.LargeZipFile))
            or "zlib" in type(error).__module__
            or type(error).__name__ == "error"
        ):
            raise building.refuse("", "The file is not a workbook (.xlsx).", CODE) from error
        raise


def _read(book: Any) -> Imported:
    report: list[Note] = []
    fault: errors.Invalid | None = None
    for page in book.worksheets:
        page.reset_dimensions()
        try:
            found = sheet.lines(_rows(page, report))
        except errors.Invalid as error:
            fault = fault or error
            report.clear()
            continue
        return sheet.read(found, report)
    raise fault or building.refuse("", "The workbook has no sheet.", CODE)


def _rows(page: Any, report: list[Note]) -> Iterator[tuple[int, Sequence[Cell]]]:
    for number, row in enumerate(page.iter_rows(max_col=1_000), 1):
        line: list[Cell] = []
        for column, cell in enumerate(row):
            if cell.data_type == "f":
                message = "The cell holds a formula; its text was taken and nothing was computed."
                report.append(Note("warning", f"/{number}/{column}", message))
            line.append(_value(cell.value))
        yield number, line


def _value(value: Any) -> Cell:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, str):
        return cells.restored(_ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), value))
    return str(getattr(value, "text", value))


def write(rubrics: Sequence[Exported]) -> Written:
    """A workbook with one sheet; every text cell is text, also where it looks like a formula.

    The same rubrics give the same bytes: no time is kept in it.
    """
    import openpyxl

    table, report = sheet.table(rubrics)
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Criteria")
    page.freeze_panes = "A2"
    page.column_dimensions["B"].width = 80
    for n, row in enumerate(table):
        line = [_cell(page, value, f"/{n + 1}/{column}", report, head=n == 0) for column, value in enumerate(row)]
        page.append(line)
    out = io.BytesIO()
    book.save(out)
    return Written(_timeless(out.getvalue()), TYPE, "xlsx", tuple(report))


def _timeless(data: bytes) -> bytes:
    """The archive with the first day of its own calendar for every time in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in archive.namelist():
            content = archive.read(part)
            if part == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            kept.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _cell(page: Any, value: Cell, at: str, report: list[Note], *, head: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    if not isinstance(value, str):
        return value
    text = _ODD.sub(lambda match: f"_x{ord(match.group()):04X}_", value)
    if len(text) > MAX_CELL:
        report.append(Note("error", at, f"A cell holds at most {MAX_CELL} characters; this one is left out."))
        return None
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    cell.font = Font(bold=head)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell
