"""The cases that every version of a rubric must pass."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries as judging
from apps.refinement import queries, services
from apps.refinement.models import RegressionCase
from apps.rubrics import queries as rubrics
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.refinement.regression import Expect, Outcome


class CaseBody(serializers.Serializer[Any]):
    """An answer by the number it has in the studio, and what every version must find of it."""

    response = serializers.IntegerField(min_value=1)
    expect = serializers.ChoiceField(choices=[str(one) for one in Expect])
    criterion = serializers.CharField(required=False, allow_blank=True, max_length=80)
    bound = serializers.FloatField(required=False, allow_null=True)
    other = serializers.IntegerField(required=False, allow_null=True, min_value=1, help_text="The worse answer")
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    origin = serializers.ChoiceField(required=False, choices=list(RegressionCase.Origin))


class WithdrawBody(serializers.Serializer[Any]):
    """Why the case no longer holds."""

    reason = serializers.CharField(max_length=500)


class Case(answers.Answer):
    """A pinned case with what the version makes of it: `outcome` is passed, failed or unknown."""

    id: int
    response: int
    other: int | None
    expect: str
    criterion: str
    bound: float | None
    note: str
    origin: str
    at: datetime
    outcome: str
    sentence: str


class Cases(answers.Answer):
    """All cases that stand, by the stored verdicts of `judge`."""

    judge: str | None
    passed: int
    failed: int
    unknown: int
    cases: list[Case]


class CasesView(StudioView):
    """The pinned cases of a rubric, held against one of its versions."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "rubrics:write"}

    @extend_schema(operation_id="versions_cases_list", responses={200: Cases, **shapes.PROBLEMS})
    def get(self, request: Request, slug: str, number: int) -> Response:
        """What the version makes of every case; no judge is asked."""
        return Response(_shown(queries.suite_of(rubrics.get_version(self.actor, slug, number))))

    @extend_schema(operation_id="versions_cases_pin", request=CaseBody, responses={201: Case, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Pin a case to the rubric; `criterion` is one of this version."""
        return self.once(lambda: self._pin(slug, number))

    def _pin(self, slug: str, number: int) -> Response:
        body = shapes.checked(CaseBody, self.body or {})
        version = rubrics.get_version(self.actor, slug, number)
        with errors.at("/response"):
            response = judging.get_response(self.actor, str(body.pop("response")))
        other = body.pop("other", None)
        with errors.at("/other"):
            worse = judging.get_response(self.actor, str(other)) if other else None
        case = services.pin_case(by=self.actor, version=version, response=response, other=worse, **body)
        return Response(_case(next(one for one in _results(version) if one.case.pk == case.pk)), status=201)


class CaseWithdrawView(StudioView):
    """Takes a case out of the suite."""

    scopes: ClassVar = {"POST": "rubrics:write"}

    @extend_schema(operation_id="cases_withdraw", request=WithdrawBody, responses={204: None, **shapes.PROBLEMS})
    def post(self, request: Request, case_id: int) -> Response:
        """Withdraw it; it stays on record with the reason."""
        return self.once(lambda: self._withdraw(case_id))

    def _withdraw(self, case_id: int) -> Response:
        body = shapes.checked(WithdrawBody, self.body or {})
        services.withdraw_case(by=self.actor, case=queries.get_case(self.actor, case_id), reason=body["reason"])
        return Response(status=204)


def _results(version: RubricVersion) -> tuple[queries.CaseResult, ...]:
    return queries.suite_of(version).results


def _shown(suite: queries.Suite) -> dict[str, Any]:
    counts = suite.counts
    return {
        "judge": str(suite.judge) if suite.judge else None, **{str(one): counts[one] for one in Outcome},
        "cases": [_case(one) for one in suite.results],
    }  # fmt: skip


def _case(one: queries.CaseResult) -> dict[str, Any]:
    case = one.case
    return {
        "id": case.pk, "response": case.subject.members.all()[0].response_id,
        "other": case.other.members.all()[0].response_id if case.other else None, "expect": case.expect,
        "criterion": case.criterion, "bound": case.bound, "note": case.note, "origin": case.origin,
        "at": case.created_at, "outcome": str(one.outcome), "sentence": one.found.sentence,
    }  # fmt: skip
