"""Rows as NDJSON, CSV or Parquet: streamed piece by piece, never the whole table in memory."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import orjson
from asgiref.sync import sync_to_async
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from domain import errors
from domain.formats import cells

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
CHUNK = 500
GROUP = 10_000
IN_MEMORY = 16 * 2**20
Row = dict[str, Any]
Columns = Mapping[str, str]
"""The name of each column with its type: text, whole, number, yes, time, json, or one that Parquet nests and
CSV holds as JSON: messages (`role` and `content`), texts, numbers or wholes.
"""


def answer(rows: Iterator[Row], columns: Columns, *, name: str, kind: str) -> HttpResponseBase:
    """A download of the rows of a kind of `FORMATS`."""
    if kind not in FORMATS:
        raise errors.NotFound(f"Tables come as {', '.join(FORMATS)}.", code="format_unknown")
    filename = f"{name}.{kind}"
    if kind == "parquet":
        file = parquet(rows, columns)
        return FileResponse(file, as_attachment=True, filename=filename, content_type=FORMATS[kind])
    texts = ndjson(rows) if kind == "ndjson" else csv_lines(rows, columns)
    sent = StreamingHttpResponse(_pieces(texts), content_type=FORMATS[kind])
    sent["Content-Disposition"] = f'attachment; filename="{filename}"'
    return sent


def ndjson(rows: Iterator[Row]) -> Iterator[bytes]:
    """One JSON object a line."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def csv_lines(rows: Iterator[Row], columns: Columns) -> Iterator[bytes]:
    """A line with the names, then one a row; no cell is taken for a formula, lists and objects are JSON."""
    yield _line(list(columns))
    for row in rows:
        yield _line([_cell(row.get(name)) for name in columns])


def parquet(rows: Iterator[Row], columns: Columns) -> IO[bytes]:
    """An open file at its beginning; lists and objects are JSON texts. Whoever takes it closes it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by whoever takes it
    schema = _schema(columns)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := [_plain(row, columns) for row in islice(rows, GROUP)]:
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
    file.seek(0)
    return file


async def _pieces(texts: Iterator[bytes]) -> AsyncIterator[bytes]:
    def turn() -> bytes:
        return b"".join(islice(texts, CHUNK))

    while piece := await sync_to_async(turn)():
        yield piece


def _line(row: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(row)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return cells.neutral(orjson.dumps(value).decode())
    return cells.neutral(value) if isinstance(value, str) else value


def _plain(row: Row, columns: Columns) -> Row:
    as_json = {name for name, kind in columns.items() if kind == "json"}
    return {
        name: orjson.dumps(row[name]).decode() if name in as_json and row.get(name) is not None else row.get(name)
        for name in columns
    }


def _schema(columns: Columns) -> "pa.Schema":
    import pyarrow as pa

    kinds = {
        "text": pa.string(), "json": pa.string(), "whole": pa.int64(), "number": pa.float64(), "yes": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"), "texts": pa.list_(pa.string()), "numbers": pa.list_(pa.float64()),
        "wholes": pa.list_(pa.int64()),
        "messages": pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())])),
    }  # fmt: skip
    return pa.schema([(name, kinds[kind]) for name, kind in columns.items()])
