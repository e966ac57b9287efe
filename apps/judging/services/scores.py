"""Scores from stored verdicts, with no judge call."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.judging import permissions, queries, runners
from apps.judging.models import Run, RunItem
from apps.rubrics.models import FittedArtefact, Profile

BATCH = 200


def rescore(*, by: Actor, run: Run, profile: Profile | None = None, calibrations: Sequence[FittedArtefact] = ()) -> int:
    """Score a run's answers again from their verdicts, with a profile's weights and calibrations where given."""
    permissions.check_belongs(by, run.workspace_id, "run")
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "score runs again")
    if profile is not None:
        permissions.check_belongs(by, profile.rubric.workspace_id, "profile")
    states = [RunItem.State.DONE, RunItem.State.FAILED]
    items = RunItem.objects.filter(run=run, state__in=states).order_by("index")
    if profile is not None:
        items = items.filter(version__rubric=profile.rubric_id)
    wanted = list(items.values_list("pk", flat=True))
    curves, named = queries.curves_of(calibrations), [one.digest for one in calibrations]
    count = 0
    with transaction.atomic():
        for start in range(0, len(wanted), BATCH):
            part = RunItem.objects.filter(pk__in=wanted[start : start + BATCH]).select_related(*queries.RELATED)
            found = queries.results(part.order_by("index"), profile=profile, curves=curves)
            count += runners.write_scores(_row(result, profile, named) for result in found if result.score is not None)
        history.record(
            by=by, workspace=by.workspace, action="run.rescore", target=run,
            detail={"scores": count, "profile": profile.digest if profile else None, "artefacts": named},
        )  # fmt: skip
    return count


def _row(result: queries.Result, profile: Profile | None, artefacts: Sequence[str]) -> runners.ScoreRow:
    item = result.item
    assert result.score is not None
    return runners.ScoreRow(
        key=queries.score_key(
            result.digest,
            item.judge_version,
            item.subject,
            sample=item.sample,
            profile=profile,
            artefacts=artefacts,
        ),
        workspace_id=item.subject.workspace_id,
        version_id=item.version_id,
        judge_version_id=item.judge_version_id,
        subject_id=item.subject_id,
        sample=item.sample,
        digest=result.digest,
        score=result.score,
        verdict_keys=[found.row.key for found in result.criteria if found.row is not None],
        profile_id=profile.pk if profile else None,
        artefacts=artefacts,
    )
