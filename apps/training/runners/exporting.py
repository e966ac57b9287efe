"""Writes the rows of an export: chosen once, all of them or none."""

import hashlib
import zlib
from collections.abc import Iterator

import orjson
from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from apps.judging.queries import Side
from apps.training.models import DataExport, DataExportPart
from apps.training.queries import selecting
from domain import errors

ROWS = 500


def write_export(shard: Shard, lease: Lease) -> dict[str, int]:
    """Choose the rows of an export and store them; running it twice writes the same once."""
    export = DataExport.objects.select_related(
        "workspace", "created_by", "run__dataset", "judge_version__judge", "version__rubric"
    ).get(job=shard.job_id)
    if export.done_at is not None:
        return {"rows": export.rows}
    source = selecting.load(Side(export.run, export.judge_version, export.version))
    actor = Actor(user=export.created_by, workspace=export.workspace, role=Role.AUTHOR)
    chosen = selecting.select(actor, source, export.kind, export.rule)
    rows = _Rows(export)
    parts = list(rows.parts(source, chosen))
    if not rows.count:
        raise errors.Conflict("The rule takes nothing of what this run judged.", code="export_empty")
    figures = [list(one) for one in chosen.figures]
    if rows.unreadable:
        figures.append(["rows with more than text, or text that is gone, left out", rows.unreadable])
    with transaction.atomic():
        lease.guard()
        DataExportPart.objects.filter(export=export).delete()
        DataExportPart.objects.bulk_create(parts, batch_size=50)
        export.figures, export.rows, export.done_at = figures, rows.count, timezone.now()
        export.digest = f"sha256:{rows.hash.hexdigest()}"
        export.save(update_fields=["figures", "rows", "done_at", "digest"])
    return {"rows": rows.count, "unreadable": rows.unreadable}


class _Rows:
    """Rows as compressed parts, counted and hashed as they go by."""

    def __init__(self, export: DataExport) -> None:
        self.export = export
        self.count = 0
        self.unreadable = 0
        self.hash = hashlib.sha256()

    def parts(self, source: selecting.Source, chosen: selecting.Selection) -> Iterator[DataExportPart]:
        """The parts, so many rows each."""
        lines: list[bytes] = []
        held: set[int] = set()
        index = 0
        for found in selecting.rows_of(self.export, source, chosen.picks):
            if found is None:
                self.unreadable += 1
                continue
            row, responses = found
            lines.append(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            held.update(responses)
            if len(lines) == ROWS:
                yield self._part(index, lines, held)
                lines, held, index = [], set(), index + 1
        if lines:
            yield self._part(index, lines, held)

    def _part(self, index: int, lines: list[bytes], held: set[int]) -> DataExportPart:
        text = b"".join(lines)
        self.hash.update(text)
        self.count += len(lines)
        return DataExportPart(
            export=self.export, index=index, rows=len(lines), responses=sorted(held), content=zlib.compress(text)
        )
