"""Exams: built from data whose right answers are known, sat by judges, marked, and paid with a licence."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.audit import permissions, queries
from apps.audit.models import Exam, ExamQuestion, Sitting
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Response, Subject, SubjectKind
from apps.history import services as history
from apps.judging import services as judging
from apps.judging.models import JudgeVersion, Run
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors, exams, strategies, subjects

MOST_DAYS = 3650
MOST_NAME = 200


def create_exam(
    *, by: Actor, name: str, dataset: Dataset, version: RubricVersion, size: int, seed: int = 0,
    bar: Mapping[str, float] | None = None, valid_days: int = 180,
) -> Exam:  # fmt: skip
    """Build a balanced exam of a data set whose right answers are known, judged by a frozen rubric version.

    Raises Invalid where too few prompts have a right and a wrong answer or a setting does not do, Conflict for a
    draft, where an answer stands in the rubric itself, and where the same exam is there.
    """
    permissions.check_may_audit(by)
    for thing in (dataset, version.rubric):
        if thing.workspace_id != by.workspace.pk:
            raise errors.NotFound("There is no such thing here.", code="unknown")
    if version.is_draft:
        raise errors.Conflict(
            "An exam needs a version that can no longer change; submit the draft first.", code="exam_of_draft"
        )
    named = name.strip() or f"{dataset.title} by {version}"[:MOST_NAME]
    reached = _bar(bar or {})
    problems = _problems(named, valid_days, reached)
    if problems:
        raise errors.Invalid(problems[0].message, code="exam_invalid", problems=problems)
    chosen = _questions(dataset, size, seed)
    _check_leaks(version, [response for response, _ in chosen])
    digest = exams.digest(
        [(response.prompt.hash, response.hash, correct) for response, correct in chosen], reached, version.digest
    )
    if Exam.objects.filter(workspace=by.workspace, digest=digest).exists():
        raise errors.Conflict("This very exam is there already.", code="exam_known")
    with transaction.atomic():
        exam = Exam.objects.create(
            workspace=by.workspace, name=named, dataset=dataset, version=version, seed=seed, size=size,
            bar=asdict(reached), valid_days=valid_days, digest=digest, created_by=by.user,
        )  # fmt: skip
        ExamQuestion.objects.bulk_create(
            ExamQuestion(exam=exam, position=place, response=response, correct=correct)
            for place, (response, correct) in enumerate(chosen)
        )
        history.record(
            by=by, workspace=by.workspace, action="exam.created", target=exam, detail={"digest": digest, "size": size}
        )
    return exam


@transaction.atomic
def retire_exam(*, by: Actor, exam: Exam) -> Exam:
    """Let nobody sit an exam any more; licences that it gave stay."""
    permissions.check_may_license(by)
    if exam.retired_at is None:
        exam.retired_at = timezone.now()
        exam.save(update_fields=["retired_at"])
        history.record(by=by, workspace=by.workspace, action="exam.retired", target=exam)
    return exam


@transaction.atomic
def sit_exam(*, by: Actor, exam: Exam, judge: JudgeVersion) -> Sitting:
    """Have a judge judge the answers of an exam by an ordinary run; it is marked when the run ends."""
    permissions.check_may_license(by)
    if exam.workspace_id != by.workspace.pk or judge.judge.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such exam here.", code="exam_unknown")
    if exam.retired_at is not None:
        raise errors.Conflict("This exam is retired.", code="exam_retired")
    run = judging.start_run(
        by=by, name=f"Exam: {exam.name}", versions=[exam.version], dataset=exam.dataset, judges=[judge],
        subjects=_subjects(exam, judge), purpose=Run.Purpose.EXAM,
    )  # fmt: skip
    sitting = Sitting.objects.create(exam=exam, judge_version=judge, run=run, created_by=by.user)
    history.record(
        by=by, workspace=by.workspace, action="exam.sat", target=exam,
        detail={"judge": str(judge), "fingerprint": judge.fingerprint, "run": str(run.pk)},
    )  # fmt: skip
    return sitting


@transaction.atomic
def mark_sitting(*, run: Run) -> Sitting | None:
    """Mark the sitting of a run that ended, and grant the licence where it passed; nothing for other runs."""
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("exam", "judge_version__judge", "created_by")
    sitting = rows.filter(run=run, marked_at=None).first()
    if sitting is None:
        return None
    bar = exams.Bar(**sitting.exam.bar)
    said, orders = queries.said_in(sitting)
    found = exams.mark(said, bar, orders)
    sitting.figures = asdict(found) | {"cost": queries.cost_of(sitting), "criteria": queries.agreement_in(sitting)}
    sitting.failings = exams.failings(found, bar, compares=queries.compares(sitting.judge_version))
    sitting.passed = not sitting.failings
    sitting.marked_at = timezone.now()
    if sitting.passed:
        by = Actor(user=sitting.created_by, workspace=run.workspace, role=Role.APPROVER)
        sitting.licence = judging.grant_licence(
            by=by, version=sitting.judge_version, exam=f"{sitting.exam.name} ({sitting.exam.digest[7:15]})",
            figures=sitting.figures, expires_at=timezone.now() + timedelta(days=sitting.exam.valid_days),
        )  # fmt: skip
    sitting.save()
    history.record(
        by=None, workspace=run.workspace, action="exam.marked", target=sitting.exam,
        detail={"judge": str(sitting.judge_version), "passed": sitting.passed, "run": str(run.pk)},
    )  # fmt: skip
    return sitting


@transaction.atomic
def revoke_sitting(*, by: Actor, sitting: Sitting) -> Sitting:
    """Take back the licence that a sitting gave."""
    if sitting.licence is None:
        raise errors.Conflict("This sitting gave no licence.", code="licence_missing")
    judging.revoke_licence(by=by, licence=sitting.licence)
    return sitting


def _questions(dataset: Dataset, size: int, seed: int) -> list[tuple[Response, bool]]:
    drawn = exams.draw(queries.keyed_of(dataset), size, seed)
    rows = Response.objects.filter(prompt__dataset=dataset).select_related("prompt")
    held = {str(row.pk): row for row in rows.filter(pk__in=[int(one.response) for one in drawn])}
    return [(held[one.response], one.correct) for one in drawn]


def _check_leaks(version: RubricVersion, chosen: list[Response]) -> None:
    """Refuse an exam of which an answer stands in what the judge is shown of the rubric."""
    shown = "\n".join(_strings(rubrics.domain_rubric(version).model_dump(mode="json")))
    texts = {response.external_id: subjects.text_of(response.parts) for response in chosen}
    if leaked := exams.leaks(texts, shown):
        raise errors.Conflict(
            f"The rubric shows {len(leaked)} of the answers, {leaked[0]} first; a judge would be told.",
            code="exam_leaks", details={"responses": leaked[:50]},
        )  # fmt: skip


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _strings(one)]


def _subjects(exam: Exam, judge: JudgeVersion) -> list[Subject]:
    """Each answer alone; for a judge that compares, the right and the wrong answer of each prompt."""
    held = list(exam.questions.select_related("response__prompt"))
    kind = strategies.get(judge.strategy).about.subject
    if kind == SubjectKind.PAIR:
        orders = [(one.response, two.response) for one, two in zip(held[::2], held[1::2], strict=True)]
        keys = datasets.of_orders(exam.dataset, SubjectKind.PAIR, orders)
    elif kind == SubjectKind.RESPONSE:
        keys = datasets.of_orders(exam.dataset, SubjectKind.RESPONSE, [(one.response,) for one in held])
    else:
        raise errors.Conflict("Judges of lists and of trajectories cannot sit an exam of answers.", code="exam_unfit")
    found = Subject.objects.in_bulk(keys)
    return [found[key] for key in keys]


def _bar(given: Mapping[str, float]) -> exams.Bar:
    known = exams.Bar.__dataclass_fields__
    if unknown := [name for name in given if name not in known]:
        problem = errors.Problem(f"/bar/{unknown[0]}", "is not a known key")
        raise errors.Invalid(f"{unknown[0]} is no bar of an exam.", code="exam_invalid", problems=[problem])
    return exams.Bar(**given)


def _problems(name: str, valid_days: int, bar: exams.Bar) -> list[errors.Problem]:
    found = [
        errors.Problem(f"/bar/{key}", "This lies between 0 and 1.")
        for key, value in asdict(bar).items()
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1
    ]
    if len(name) > MOST_NAME or "\x00" in name:
        found.append(errors.Problem("/name", f"A name has at most {MOST_NAME} characters."))
    if not 1 <= valid_days <= MOST_DAYS:
        found.append(errors.Problem("/valid_days", f"A licence holds from 1 to {MOST_DAYS:,} days."))
    return found
