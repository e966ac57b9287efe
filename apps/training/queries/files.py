"""Releases as files: made once, as they never change, in a folder that may be emptied at any time."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson
from django.conf import settings

from apps.training.models import Release, ReleaseEntry
from apps.training.queries import releases
from domain import errors

FORM = 1
"""Grows where the same release would be written otherwise."""
BATCH = 250
ROWS = 500
COLUMNS = ("prompt_id", "slug", "version", "digest", "document")


def file_of(release: Release, kind: str) -> Path:
    """The file of a release, `ndjson` or `parquet`; named by the digest of what it holds."""
    folder = Path(settings.DATA_DIR) / "releases"
    path = folder / f"{release.digest.removeprefix('sha256:')}-{release.pk}-{FORM}.{kind}"
    if path.exists():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".new", delete=False) as file:
            try:
                WRITERS[kind](release, file)
                file.flush()
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as full:
        raise errors.Unavailable("The release cannot be written to the server's disk.", code="disk_full") from full
    return path


def line_at(path: Path, number: int) -> int:
    """Where the line after so many begins, for a reader who has them; the last line for one who has all."""
    place = last = 0
    with path.open("rb") as file:
        for _ in range(number):
            line = file.readline()
            if not line:
                return last
            last, place = place, place + len(line)
    return place if place < path.stat().st_size else last


def entries_of(release: Release) -> Iterator[ReleaseEntry]:
    """The entries in order with their versions, a few at a time."""
    after = -1
    while True:
        rows = release.entries.filter(position__gt=after).select_related("version__rubric").order_by("position")
        found = list(rows[:BATCH])
        if not found:
            return
        yield from found
        after = found[-1].position


def _ndjson(release: Release, file: IO[bytes]) -> None:
    """A document a line; the last line counts and hashes them."""
    sha, count = hashlib.sha256(), 0
    for entry in entries_of(release):
        line = orjson.dumps(releases.document_of(entry)) + b"\n"
        sha.update(line)
        file.write(line)
        count += 1
    file.write(orjson.dumps({"_end": True, "count": count, "sha256": sha.hexdigest()}) + b"\n")


def _parquet(release: Release, file: IO[bytes]) -> None:
    """One row a rubric, in groups of rows, so that a large release takes no more memory than a small one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = (pa.string(), pa.string(), pa.int64(), pa.string(), pa.string())
    schema = pa.schema(list(zip(COLUMNS, kinds, strict=True)))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        for entry in entries_of(release):
            rows.append(_row(entry))
            if len(rows) == ROWS:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                rows = []
        writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _row(entry: ReleaseEntry) -> dict[str, Any]:
    return {
        "prompt_id": entry.prompt_id_text or None,
        "slug": entry.version.rubric.slug,
        "version": entry.version.number,
        "digest": entry.digest,
        "document": orjson.dumps(releases.document_of(entry)).decode(),
    }


WRITERS: dict[str, Callable[[Release, IO[bytes]], None]] = {"ndjson": _ndjson, "parquet": _parquet}
