"""The verdicts of a run as one Parquet file, written piece by piece."""

import json
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from apps.judging.models import Run
from apps.judging.queries import results

if TYPE_CHECKING:
    import pyarrow as pa

GROUP = 10_000
IN_MEMORY = 16 * 2**20
TEXTS = (
    "rubric", "digest", "judge", "fingerprint", "dataset", "prompt_id", "subject", "response_id", "criterion", "status",
    "reason", "rationale", "key", "score_status",
)  # fmt: skip
WHOLE = ("version", "sample", "call")
NUMBERS = ("value", "probability", "label_mass", "contribution", "score_raw")
AS_JSON = ("members", "evidence", "detail")


def export_parquet(run: Run) -> IO[bytes]:
    """An open file with one row a verdict, at its beginning; members, evidence and detail are JSON texts.

    A run without verdicts gives a file without rows. Whoever takes it closes it.
    """
    import pyarrow.parquet as pq

    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by whoever takes it
    schema = _schema()
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in _tables(results.export(run), schema):
            writer.write_table(table)
    file.seek(0)
    return file


def _schema() -> "pa.Schema":
    import pyarrow as pa

    fields = [(name, pa.string()) for name in (*TEXTS, *AS_JSON)]
    fields += [(name, pa.int64()) for name in WHOLE]
    return pa.schema([*fields, *((name, pa.float64()) for name in NUMBERS)])


def _tables(lines: Iterator[dict[str, Any]], schema: "pa.Schema") -> Iterator["pa.Table"]:
    import pyarrow as pa

    while rows := [_row(line) for line in islice(lines, GROUP)]:
        yield pa.Table.from_pylist(rows, schema=schema)


def _row(line: dict[str, Any]) -> dict[str, Any]:
    found = {name: line.get(name) for name in (*TEXTS, *WHOLE, *NUMBERS)}
    found |= {f"score_{name}": value for name, value in line["score"].items()}
    return found | {name: json.dumps(line[name], ensure_ascii=False) if name in line else None for name in AS_JSON}
