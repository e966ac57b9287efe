"""Tables as files read back the same by other programs, and hold no formulas."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from apps.core import table_files
from domain import errors

COLUMNS = {
    "name": "text", "count": "whole", "share": "number", "fine": "yes", "at": "time", "places": "json",
}  # fmt: skip
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"name": "=HYPERLINK(\"http://x\")", "count": 3, "share": -0.5, "fine": True, "at": NOON, "places": ["a", "b"]},
    {"name": "zwei\nZeilen, «ok»", "count": None, "share": None, "fine": False, "at": None, "places": None},
]  # fmt: skip


def test_lines_of_json_read_back_as_they_were():
    lines = b"".join(table_files.ndjson(iter(ROWS))).decode().splitlines()
    found = [json.loads(line) for line in lines]
    assert found[0]["name"] == ROWS[0]["name"]
    assert found[0]["at"] == "2026-03-01T12:00:00Z"
    assert found[1]["share"] is None


def test_csv_holds_no_formula_and_arrow_reads_it():
    text = b"".join(table_files.csv_lines(iter(ROWS), COLUMNS)).decode()
    first, second = csv.DictReader(io.StringIO(text))
    assert first["name"] == '\'=HYPERLINK("http://x")'
    assert (second["name"], second["share"], first["share"]) == ("zwei\nZeilen, «ok»", "", "-0.5")
    assert json.loads(first["places"]) == ["a", "b"]
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = pyarrow.csv.read_csv(io.BytesIO(text.encode()), parse_options=options)
    assert table.column("count").to_pylist() == [3, None]
    assert table.column("fine").to_pylist() == [True, False]


@pytest.mark.parametrize("text", ["+1", "-1", "@x", "\tx", "\rx", "＝1", "'=1"])
def test_no_text_starts_as_a_formula(text):
    line = b"".join(table_files.csv_lines(iter([{"name": text}]), {"name": "text"})).decode()
    assert next(csv.DictReader(io.StringIO(line, newline="")))["name"] == f"'{text}"


def test_parquet_keeps_types_and_rows_beyond_one_group(monkeypatch):
    monkeypatch.setattr(table_files, "GROUP", 1)
    with table_files.parquet(iter(ROWS), COLUMNS) as file:
        table = pq.read_table(io.BytesIO(file.read()))
    assert table.num_rows == 2
    assert table.column("at").to_pylist() == [NOON, None]
    assert table.column("share").to_pylist() == [-0.5, None]
    assert json.loads(table.column("places").to_pylist()[0]) == ["a", "b"]


def test_an_empty_table_has_its_columns():
    with table_files.parquet(iter([]), COLUMNS) as file:
        assert pq.read_table(io.BytesIO(file.read())).column_names == list(COLUMNS)
    assert b"".join(table_files.csv_lines(iter([]), COLUMNS)) == b"name,count,share,fine,at,places\r\n"


def test_another_kind_is_not_there():
    with pytest.raises(errors.NotFound):
        table_files.answer(iter([]), COLUMNS, name="x", kind="exe")
