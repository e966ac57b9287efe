"""Exports of data for training: asked for under a licence, written by a worker, deleted when nobody needs them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging.queries import Side
from apps.training import permissions, queries
from apps.training.models import DataExport, DataExportPart
from domain import errors, selection

WRITE = "data-export"
MOST_NAME = 200


@transaction.atomic
def create_data_export(
    *, by: Actor, side: Side, kind: str, rule: Mapping[str, Any], name: str = "", non_commercial: bool = False
) -> DataExport:
    """Ask for rows by a rule from what a run judged; refused where the licence of the texts is not known."""
    permissions.check_may_export(by)
    said = selection.read_rule(kind, rule)
    named = name.strip() or f"{selection.KINDS[kind].title} of {side.run.name}"[:MOST_NAME]
    if len(named) > MOST_NAME or "\x00" in named:
        raise errors.Invalid(
            f"A name has at most {MOST_NAME} characters.", problems=[errors.Problem("/name", "is too long")]
        )
    dataset = side.run.dataset
    if dataset is None:
        raise errors.Conflict("This run has no data set, so it has no texts to export.", code="run_without_dataset")
    if not queries.is_judged(side):
        raise errors.Conflict("Nothing of this run has been judged yet.", code="run_not_judged")
    queries.check_terms(dataset, kind=kind, non_commercial=non_commercial)
    export = DataExport.objects.create(
        workspace=by.workspace, name=named, kind=kind, rule=said, run=side.run, judge_version=side.judge,
        version=side.version, licence=dataset.licence, consent=dataset.consent, source=dataset.source,
        non_commercial=non_commercial, created_by=by.user,
    )  # fmt: skip
    export.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=WRITE, shards=[{}], title=named, params={"export": str(export.pk)}
    )
    export.save(update_fields=["job"])
    history.record(
        by=by, workspace=by.workspace, action="data_export.asked", target=export,
        detail={
            "kind": kind, "rule": said, "run": str(side.run.pk), "dataset": dataset.slug, "licence": dataset.licence,
            "non_commercial": non_commercial,
        },
    )  # fmt: skip
    return export


@transaction.atomic
def delete_data_export(*, by: Actor, export: DataExport) -> None:
    """Drop the rows of an export and the export; history keeps that it was made."""
    permissions.check_may_export(by)
    if export.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such export here.", code="export_unknown")
    if queries.state_of(export) in {"queued", "running"}:
        raise errors.Conflict("This export is being written; delete it when it is done.", code="export_under_way")
    history.record(by=by, workspace=by.workspace, action="data_export.deleted", target=export)
    export.delete()


@transaction.atomic
def forget_texts(keys: Sequence[int]) -> int:
    """Drop the rows of exports that hold the text of a forgotten response; says how many exports."""
    held = DataExportPart.objects.filter(responses__overlap=list(keys)).values_list("export", flat=True)
    found = list(DataExport.objects.filter(pk__in=held).values_list("pk", flat=True))
    if found:
        DataExportPart.objects.filter(export__in=found).delete()
        DataExport.objects.filter(pk__in=found).update(forgotten_at=timezone.now())
    return len(found)
