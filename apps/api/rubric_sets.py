"""Rubric sets: thousands of prompt-bound rubrics handled as one."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.rubrics import queries, services
from apps.rubrics.models import RubricSet, RubricSetMember, RubricSetVersion
from domain.sample_bounds import CONFIDENCE


def show(found: RubricSetVersion) -> dict[str, Any]:
    """A set version as REST shows it."""
    return {
        "name": found.rubric_set.name,
        "version": found.number,
        "status": found.status,
        "digest": found.digest or None,
        "rubrics": found.members.count(),
        "sample_size": found.sample_size,
    }


class RubricSetsView(StudioView):
    """The rubric sets of the workspace."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="rubric_sets_list",
        parameters=shapes.PAGING,
        responses={200: answers.RubricSetList, **shapes.PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List sets with their versions."""
        rows = RubricSet.objects.filter(workspace=self.actor.workspace)
        return Response(paging.page(request, rows, self._show))

    def _show(self, row: RubricSet) -> dict[str, Any]:
        versions = [{"version": v.number, "status": v.status} for v in queries.set_versions(row)]
        return {"name": row.name, "title": row.title, "versions": versions}


class RubricSetView(StudioView):
    """One version of a set."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="rubric_sets_read", responses={200: answers.RubricSetMembers, **shapes.PROBLEMS})
    def get(self, request: Request, name: str, number: int) -> Response:
        """The set version with its members' digests."""
        found = queries.get_set_version(self.actor, name, number)
        return Response({**show(found), "members": [_bound(member) for member in queries.members(found)]})


def _bound(member: RubricSetMember) -> dict[str, Any]:
    version = member.version
    return {
        "prompt_id": member.prompt_id_text,
        "slug": version.rubric.slug,
        "version": version.number,
        "digest": version.digest,
    }


def _sampled(member: RubricSetMember) -> dict[str, Any]:
    return {
        **_bound(member),
        "place": member.sample_place,
        "ok": member.sample_ok,
        "note": member.sample_note,
        "by": member.reviewed_by.name if member.reviewed_by else None,
        "at": member.reviewed_at,
    }


class RubricSetSampleView(StudioView):
    """The sample that stands for a set version."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="rubric_sets_sample", responses={200: answers.RubricSetSample, **shapes.PROBLEMS})
    def get(self, request: Request, name: str, number: int) -> Response:
        """The rubrics drawn at submission, what was found, and the bound on the share of bad ones in the set."""
        found = queries.get_set_version(self.actor, name, number)
        result = queries.sample_result(found)
        said = {key: getattr(result, key) for key in ("size", "of", "read", "bad", "bound", "limit")}
        rows = [_sampled(member) for member in result.members]
        return Response({**said, "seed": found.sample_seed, "confidence": CONFIDENCE, "results": rows})


class RubricSetSampledView(StudioView):
    """One rubric of the sample."""

    scopes: ClassVar = {"POST": "rubrics:approve"}

    @extend_schema(
        operation_id="rubric_sets_sample_read",
        request=shapes.SampleFinding,
        responses={200: answers.SampledRubric, **shapes.PROBLEMS},
    )
    def post(self, request: Request, name: str, number: int, place: int) -> Response:
        """Say whether it is good; the last word counts."""
        return self.once(lambda: self._do(name, number, place))

    def _do(self, name: str, number: int, place: int) -> Response:
        body = shapes.checked(shapes.SampleFinding, self.body)
        found = queries.get_set_version(self.actor, name, number)
        return Response(_sampled(services.review_sampled(by=self.actor, set_version=found, place=place, **body)))


Verb = Callable[..., RubricSetVersion]
VERBS: dict[str, tuple[str, Verb]] = {
    "submit": ("rubrics:write", services.submit_set),
    "approve": ("rubrics:approve", services.approve_set),
    "request-changes": ("rubrics:approve", services.request_changes_to_set),
    "withdraw": ("rubrics:write", services.withdraw_set),
    "retire": ("rubrics:approve", services.retire_set),
}


class RubricSetStepView(StudioView):
    """A step in the life of a set version."""

    verb = ""

    @property
    def scopes(self) -> dict[str, str]:  # type: ignore[override]
        """Submitting needs less than approving."""
        return {"POST": VERBS[self.verb][0]}

    @extend_schema(request=shapes.SetSubmission, responses={200: answers.RubricSetVersion, **shapes.PROBLEMS})
    def post(self, request: Request, name: str, number: int) -> Response:
        """Submit with a sample of declared size, approve (409 with the open gates), send back or retire."""
        return self.once(lambda: self._do(name, number))

    def _do(self, name: str, number: int) -> Response:
        shape = shapes.SetSubmission if self.verb == "submit" else shapes.Noted
        body = shapes.checked(shape, self.body or {})
        found = queries.get_set_version(self.actor, name, number)
        return Response(show(VERBS[self.verb][1](by=self.actor, set_version=found, **body)))
