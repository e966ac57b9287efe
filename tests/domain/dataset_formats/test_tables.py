"""Rows come from JSON Lines, CSV and Parquet, or the file is refused."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import dataset_formats, errors
from domain.dataset_formats import tables


def parquet(columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


ROWS = [{"a": "1", "b": "two\nlines"}, {"a": "3", "b": "é"}]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": "1", "b": "two\\nlines"}\n{"a": "3", "b": "\xc3\xa9"}\n',
        b'\xef\xbb\xbf[{"a": "1", "b": "two\\nlines"}, {"a": "3", "b": "\xc3\xa9"}]',
        b'a,b\r\n1,"two\nlines"\r\n\r\n3,\xc3\xa9\r\n',
        parquet({"a": ["1", "3"], "b": ["two\nlines", "é"]}),
    ],
)
def test_rows(data):
    assert tables.rows(data) == ROWS
    assert dataset_formats.columns(data) == ["a", "b"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "name each column"),
        (b"a,a\n1,2\n", "name each column"),
        (b"a,b\n1\n", "1 cells for 2"),
        (b'a,b\n"1,2\n', "not CSV"),
        (b"[3]", "must be an object"),
        (b"PAR1 nonsense", "not Parquet"),
        (b"\xff\xfea", "not UTF-8"),
        (b"{", "not JSON"),
    ],
)
def test_other_files_are_refused(data, said):
    with pytest.raises(errors.Invalid, match=said):
        tables.rows(data)


@pytest.mark.parametrize("data", [b"a\n1\n2\n3\n", parquet({"a": [1, 2, 3]})])
def test_rows_are_bounded(monkeypatch, data):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    with pytest.raises(errors.Invalid, match="at most 2 rows"):
        tables.rows(data)


@given(st.binary(max_size=80), st.sampled_from([b"", b"PAR1", b"a,b\n", b"{"]))
def test_any_bytes_are_read_or_refused(data, start):
    try:
        found = tables.rows(start + data)
    except errors.Invalid:
        found = []
    assert all(isinstance(row, dict) for row in found)
