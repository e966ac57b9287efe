"""Asking a judge how the criteria of a version are written."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.datasets import services as datasets
from apps.history import services as history
from apps.jobs.models import OPEN_JOBS
from apps.judging import permissions, queries
from apps.judging.models import Advice, JudgeVersion, Run
from apps.judging.services.runs import RunInvalid, start_run
from apps.rubrics import queries as rubric_queries
from apps.rubrics import services as rubrics
from apps.rubrics.models import RubricVersion
from domain import lint, subjects


def ask_about_writing(*, by: Actor, version: RubricVersion, judge: JudgeVersion | None = None) -> Advice:
    """Have the judge, the workspace's default where none is named, read every criterion; one that is under way stays.

    Texts that it has read before cost nothing. Raises Conflict where there is no judge or no approved rubric to ask by.
    """
    permissions.check_may_run(by, Run.Purpose.ADVICE)
    permissions.check_belongs(by, version.rubric.workspace_id, "rubric")
    found = queries.newest_advice(version)
    if found is not None and found.version_id == version.pk and found.run.job and found.run.job.state in OPEN_JOBS:
        return found
    judge = judge or queries.default_judge(by)
    said = rubric_queries.domain_rubric(version)
    asked = lint.asked(said)
    if not asked:
        raise RunInvalid("There is no criterion yet that a judge could read.", code="nothing_to_read")
    with transaction.atomic():
        questions = rubrics.rubric_for_criteria(by=by)
        rows = [
            datasets.RolloutRow(
                messages=subjects.as_messages(lint.task(said)), parts=subjects.as_parts(lint.shown(criterion)),
                reference=None, context=None,
            )
            for criterion in asked
        ]  # fmt: skip
        read = datasets.store_rollouts(by.workspace, datasets.scratch_dataset(by.workspace), rows)
        run = start_run(
            by=by, name=f"How {version} is written", judges=[judge], purpose=Run.Purpose.ADVICE,
            pairs=[(questions, subject) for subject in read],
        )  # fmt: skip
        advice = Advice.objects.create(
            run=run,
            version=version,
            asked={
                criterion.id: {"subject": subject.pk, "shown": queries.shown_digest(criterion)}
                for criterion, subject in zip(asked, read, strict=True)
            },
        )
        detail = {"criteria": len(asked), "by": str(questions), "judge": judge.fingerprint}
        history.record(by=by, workspace=by.workspace, action="rubric.judge_asked", target=version, detail=detail)
    return advice
