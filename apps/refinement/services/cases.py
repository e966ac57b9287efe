"""Pinning cases that every version of a rubric must pass, withdrawing them, and having them judged."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.models import Response
from apps.history import services as history
from apps.judging import permissions as judging
from apps.judging import services as judged
from apps.judging.models import JudgeVersion, Run
from apps.refinement import queries
from apps.refinement.models import RegressionCase
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.refinement.regression import Expect, check

MOST_CASES = 500


@transaction.atomic
def pin_case(
    *, by: Actor, version: RubricVersion, response: Response, expect: str, criterion: str = "",
    other: Response | None = None, bound: float | None = None, note: str = "",
    origin: str = RegressionCase.Origin.HAND,
) -> RegressionCase:  # fmt: skip
    """Say what every version of a rubric must find of an answer; `version` is the one whose criteria are named.

    Raises Invalid where the expectation is not complete, and Conflict where the same stands already.
    """
    _check(by, version)
    wanted = _expectation(expect)
    check(wanted, criterion=bool(criterion), other=other is not None, bound=bound)
    if criterion and rubrics.domain_rubric(version).criterion(criterion) is None:
        said = f"{version} has no criterion {criterion}."
        raise errors.Invalid(said, code="criterion_unknown", problems=[errors.Problem("/criterion", said)])
    if other is not None and (other.prompt_id != response.prompt_id or other.hash == response.hash):
        said = "Two different answers to one prompt can be ordered."
        raise errors.Invalid(said, code="case_invalid", problems=[errors.Problem("/other", said)])
    same = {
        "rubric": version.rubric, "subject_id": _subject(by, response), "expect": str(wanted), "criterion": criterion,
        "other_id": None if other is None else _subject(by, other),
    }  # fmt: skip
    standing = RegressionCase.objects.select_for_update().filter(rubric=version.rubric, withdrawn_at=None)
    if standing.filter(**same).exists():
        raise errors.Conflict("This case is pinned already.", code="case_known")
    if standing.count() >= MOST_CASES:
        raise errors.Conflict(f"A rubric has at most {MOST_CASES} cases; withdraw some first.", code="cases_full")
    case = RegressionCase.objects.create(
        **same, workspace=by.workspace, bound=bound, origin=origin, note=note.strip()[:500], created_by=by.user
    )
    detail = {"case": case.pk, "expect": case.expect, "criterion": criterion, "subject": case.subject_id}
    history.record(by=by, workspace=by.workspace, action="case.pin", target=version.rubric, detail=detail)
    return case


@transaction.atomic
def withdraw_case(*, by: Actor, case: RegressionCase, reason: str) -> RegressionCase:
    """Take a case out of the suite; it stays on record with who did it and why."""
    by.require_scope("rubrics:write")
    by.require(Role.AUTHOR, "withdraw cases")
    judging.check_belongs(by, case.workspace_id, "case")
    if not reason.strip():
        said = "Say why the case no longer holds."
        raise errors.Invalid(said, code="reason_missing", problems=[errors.Problem("/reason", said)])
    case = RegressionCase.objects.select_for_update().select_related("rubric").get(pk=case.pk)
    if case.withdrawn_at is not None:
        raise errors.Conflict("This case was withdrawn before.", code="case_withdrawn")
    case.withdrawn_at, case.withdrawn_by, case.withdrawn_reason = timezone.now(), by.user, reason.strip()[:500]
    case.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    detail = {"case": case.pk, "reason": case.withdrawn_reason}
    history.record(by=by, workspace=by.workspace, action="case.withdraw", target=case.rubric, detail=detail)
    return case


def judge_cases(*, by: Actor, version: RubricVersion, judge: JudgeVersion | None = None) -> Run:
    """Judge the answers of cases that are not known under a version; what is stored is not asked again."""
    judging.check_may_run(by, Run.Purpose.RUN)
    judging.check_inputs(by, [version], [judge] if judge else [], None)
    suite = queries.suite_of(version, judge)
    if suite.judge is None or not suite.unjudged:
        raise errors.Conflict("Every case has its verdicts, or there is no judge.", code="none_missing")
    pairs = [(version, one) for one in suite.unjudged]
    return judged.start_run(by=by, name=f"Cases of {version}", judges=[suite.judge], pairs=pairs)


def _check(by: Actor, version: RubricVersion) -> None:
    by.require_scope("rubrics:write")
    by.require(Role.AUTHOR, "pin cases")
    judging.check_belongs(by, version.rubric.workspace_id, "rubric")


def _expectation(expect: str) -> Expect:
    if expect not in set(Expect):
        said = f"A case expects one of: {', '.join(Expect)}."
        raise errors.Invalid(said, code="case_invalid", problems=[errors.Problem("/expect", said)])
    return Expect(expect)


def _subject(by: Actor, response: Response) -> int:
    dataset = response.prompt.dataset
    judging.check_belongs(by, dataset.workspace_id, "answer")
    return datasets.of_responses(dataset, [response])[response.pk]
