"""Trying a rubric version on one answer, pasted or picked."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.datasets import services as datasets
from apps.datasets.models import Subject
from apps.judging import permissions, queries
from apps.judging.models import JudgeVersion, Run
from apps.judging.services.runs import RunInvalid, start_run
from apps.rubrics.models import RubricVersion
from domain import errors, subjects

MOST_CHARACTERS = 200_000


def try_response(
    *, by: Actor, version: RubricVersion, judge: JudgeVersion, subject: Subject | None = None, prompt: str = "",
    response: str = "", reference: str = "", beside: Subject | None = None,
) -> Run:  # fmt: skip
    """Judge one answer: a stored subject, or a pasted prompt and response kept in the scratch data set.

    A pasted answer takes the context from the subject `beside` it, which it was made from.
    """
    permissions.check_may_run(by, Run.Purpose.TRY)
    permissions.check_inputs(by, [version], [judge], None)
    with transaction.atomic():
        if subject is None:
            subject = _pasted(by, prompt, response, reference, beside)
        return start_run(
            by=by, name=f"Try of {version}", judges=[judge], pairs=[(version, subject)], purpose=Run.Purpose.TRY
        )


def judge_missing(*, by: Actor, version: RubricVersion) -> Run:
    """Judge the answers beside the editor that lack a verdict; what is stored is not asked again."""
    permissions.check_may_run(by, Run.Purpose.RUN)
    permissions.check_inputs(by, [version], [], None)
    scores = queries.version_scores(version)
    lacking = [(version, answer.subject) for answer in scores.answers if answer.missing]
    if scores.judge is None or not lacking:
        raise errors.Conflict(
            "Every answer beside the editor has its verdicts, or there is no judge.", code="none_missing"
        )
    return start_run(by=by, name=f"Missing verdicts of {version}", judges=[scores.judge], pairs=lacking)


def _pasted(by: Actor, prompt: str, response: str, reference: str, beside: Subject | None) -> Subject:
    if not prompt.strip():
        said = "Say what was asked: the judge reads the task before the answer."
        raise RunInvalid(said, problems=[errors.Problem("/prompt", said)])
    if len(prompt) + len(response) + len(reference) > MOST_CHARACTERS:
        raise RunInvalid(f"That is longer than {MOST_CHARACTERS:,} characters.")
    row = datasets.RolloutRow(
        messages=subjects.as_messages(prompt),
        parts=subjects.as_parts(response),
        reference=subjects.as_parts(reference) if reference.strip() else None,
        context=beside.prompt.context if beside else None,
    )
    return datasets.store_rollouts(by.workspace, datasets.scratch_dataset(by.workspace), [row])[0]
