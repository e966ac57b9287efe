"""Scores a run again from its stored verdicts, columns at a time; no judge is asked, twice changes nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction

from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from apps.judging.models import Run
from apps.judging.queries import juried, keys, rescoring, rescorings
from apps.judging.queries.juried import Together
from apps.judging.queries.rescoring import Rescoring, Sheet, Span
from apps.judging.runners import statements
from domain import errors

CELLS = 1_000_000
"""Verdicts that are held at once; a job has a part for about so many."""


def rescore(run: Run, again: Rescoring) -> dict[str, int]:
    """Score all judged answers of a run again, in one transaction; returns what was counted."""
    together = juried.together_of(run)
    with transaction.atomic():
        return _sum([_write(run, again, together, span) for span in rescoring.spans_of(run, again, CELLS)])


def rescore_shard(shard: Shard, lease: Lease) -> dict[str, int]:
    """Score one part of a run again, and store it while the lease holds."""
    run, again = asked(shard.job.params)
    together = juried.asked(shard.job.params)
    with transaction.atomic():
        lease.guard()
        return _write(run, again, together, Span(shard.payload["low"], shard.payload["high"]))


def asked(params: dict[str, Any]) -> tuple[Run, Rescoring]:
    """What a job was asked for; refused where a draft says something else by now."""
    again = rescorings.asked(params)
    if again.version is not None and keys.digest_of(again.version) != params["digest"]:
        raise errors.Conflict(f"{again.version} was changed after it was asked for. Ask again.", code="draft_changed")
    return Run.objects.select_related("workspace").get(pk=params["run"]), again


def _write(run: Run, again: Rescoring, together: Together | None, span: Span) -> dict[str, int]:
    """Score a part by each judge, and where a jury makes one score of them, by the jury."""
    if together is None:
        return _sum([_sheet(sheet, again) for sheet in rescoring.sheets(run, again, span)])
    whole = together.of(again)
    alone = list(rescoring.sheets(run, again, span))
    heard = alone if whole.artefacts == again.artefacts else list(rescoring.sheets(run, whole, span))
    counts = _sum([_sheet(sheet, again) for sheet in alone])
    found = _sum([_sheet(sheet, whole) for sheet in juried.sheets(heard, together.jury)])
    return {
        **counts,
        "changed": counts["changed"] + found["changed"],
        "together": found["scored"] + found["unscored"],
        "together_lacking": found["lacking"],
    }


def _sheet(sheet: Sheet, again: Rescoring) -> dict[str, int]:
    """Score one sheet and store it; an answer with a criterion that was never judged is counted, not scored."""
    found = rescoring.scored(sheet, again)
    counts = {
        "answers": len(sheet.lines), "lacking": int(sheet.lacking.sum()), "scored": 0, "unscored": 0, "changed": 0,
    }  # fmt: skip
    chosen = np.flatnonzero(~sheet.lacking).tolist()
    if not chosen:
        return counts
    rows = dict(zip((found.keys[place] for place in chosen), chosen, strict=True))
    raw, display, coverage = (
        [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 (NaN)
        for values in (found.raw, found.display, found.coverage)
    )
    places = list(rows.values())
    counts["scored"] = sum(raw[place] is not None for place in chosen)
    counts["unscored"] = len(chosen) - counts["scored"]
    with connection.cursor() as cursor:
        cursor.execute(statements.RESCORED if again.jury is None else statements.TOGETHER, {
            "items": [sheet.lines[place].pk for place in places], "keys": list(rows),
            "statuses": [found.statuses[place] for place in places], "raw": [raw[place] for place in places],
            "display": [display[place] for place in places], "coverage": [coverage[place] for place in places],
            "groups": [found.groups[place] for place in places], "workspace": sheet.judge.judge.workspace_id,
            "version": sheet.version.pk, "digest": sheet.digest, "artefacts": again.digests,
            "profile": again.profile.pk if again.profile else None,
        })  # fmt: skip
        counts["changed"] = cursor.rowcount
    return counts


def _sum(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(("answers", "scored", "unscored", "lacking", "changed"))
    names |= {name: None for count in counts for name in count}
    return {name: sum(count.get(name, 0) for count in counts) for name in names}
