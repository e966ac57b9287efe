"""Exports for training that were made: lists, one, its rows, and why texts may not leave."""

import zlib
from collections.abc import Iterator
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset
from apps.jobs.models import JobState
from apps.judging import queries as judging
from apps.judging.models import Run, RunItem
from apps.judging.queries import Side
from apps.rubrics.models import RubricVersion
from apps.training.models import DataExport
from domain import errors, selection

PURPOSES = (Run.Purpose.RUN, Run.Purpose.BAKEOFF)
MOST_RUNS = 60


def data_exports(actor: Actor) -> QuerySet[DataExport]:
    """The exports of the workspace, newest first."""
    rows = DataExport.objects.filter(workspace=actor.workspace)
    return rows.select_related("job", "run__dataset", "created_by").order_by("-created_at", "-id")


def get_data_export(actor: Actor, key: Any) -> DataExport:
    """An export of the actor's workspace."""
    try:
        rows = data_exports(actor).select_related(
            "job", "run__dataset", "created_by", "version__rubric", "judge_version__judge"
        )
        return rows.get(pk=key)
    except (DataExport.DoesNotExist, ValidationError, ValueError) as missing:
        raise errors.NotFound("There is no such export here.", code="export_unknown") from missing


def state_of(export: DataExport) -> str:
    """Where it stands: waiting, running, done, failed, cancelled, or forgotten where a text in it had to go."""
    if export.forgotten_at is not None:
        return "forgotten"
    if export.done_at is not None:
        return "done"
    return str(export.job.state) if export.job else str(JobState.QUEUED)


def export_sources(actor: Actor) -> list[Side]:
    """What there is to export from: each judge and rubric of the newest runs over a data set."""
    runs = Run.objects.filter(workspace=actor.workspace, purpose__in=PURPOSES, dataset__isnull=False)
    rows = runs.select_related("dataset", "set_version__rubric_set").prefetch_related(
        "judges__judge", "versions__rubric"
    )
    return [
        Side(run, judge, version)
        for run in rows[:MOST_RUNS]
        for judge in run.judges.all()
        for version in _versions(run)
    ]


def export_side(actor: Actor, run_id: str, *, judge: str | None, rubric: str | None) -> Side:
    """The judge and the rubric of a run; both need no naming where the run has one."""
    with errors.at("/run"):
        run = judging.get_run(actor, run_id)
    sides = [Side(run, one, version) for one in run.judges.all() for version in _versions(run)]
    named = [side for side in sides if judge in {None, str(side.judge)} and rubric in {None, str(side.version)}]
    if len(named) != 1:
        offered = ", ".join(f"{side.judge} under {side.version or 'the rubrics of the prompts'}" for side in sides)
        raise errors.Invalid(
            f"Name one judge and one rubric of this run: {offered or 'it has none'}.",
            problems=[errors.Problem("/judge" if judge is None else "/rubric", "names one of the run")],
        )
    return named[0]


def _versions(run: Run) -> list[RubricVersion | None]:
    """The versions of a run; None alone where each prompt has its own."""
    return list(run.versions.all()) or [None]


def check_terms(dataset: Dataset, *, kind: str, non_commercial: bool) -> None:
    """Refuse texts whose licence is unknown, or forbids what is asked."""
    reason = selection.refusal(
        dataset.licence, non_commercial=non_commercial, changes_texts=selection.KINDS[kind].changes_texts
    )
    if reason:
        raise LicenceForbids(reason, details={"dataset": dataset.slug, "licence": dataset.licence})


class LicenceForbids(errors.Conflict):
    """The licence of a data set does not let its texts go into training, as far as is known."""

    default_code = "licence_forbids"


def lines_of(export: DataExport) -> Iterator[bytes]:
    """The rows of an export as they were written, one JSON object a line; a part at a time."""
    for index in export.parts.order_by("index").values_list("index", flat=True):
        yield from zlib.decompress(export.parts.get(index=index).content).splitlines(keepends=True)


def export_rows(export: DataExport) -> Iterator[dict[str, Any]]:
    """The rows of an export."""
    for line in lines_of(export):
        yield orjson.loads(line)


def check_done(export: DataExport) -> None:
    """Refuse to read what is not there yet, or no more."""
    state = state_of(export)
    if state == "forgotten":
        raise errors.Conflict(
            "A text in this export had to be forgotten, so its rows are gone. Make it again.", code="export_forgotten"
        )
    if state != "done":
        raise errors.Conflict(f"This export is {state}; its rows are not there.", code="export_not_done")


def is_judged(side: Side) -> bool:
    """Whether anything of a side was judged."""
    items = RunItem.objects.filter(run=side.run, judge_version=side.judge)
    return items.exclude(state=RunItem.State.WAITING).exists()
