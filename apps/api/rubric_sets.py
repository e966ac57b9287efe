"""Rubric sets: thousands of prompt-bound rubrics handled as one."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.rubrics import queries, services
from apps.rubrics.models import RubricSet, RubricSetVersion


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
        members = [
            {
                "prompt_id": m.prompt_id_text,
                "slug": m.version.rubric.slug,
                "version": m.version.number,
                "digest": m.version.digest,
            }
            for m in queries.members(found)
        ]
        return Response({**show(found), "members": members})


class RubricSetStepView(StudioView):
    """A step in the life of a set version."""

    verb = ""

    @property
    def scopes(self) -> dict[str, str]:  # type: ignore[override]
        """Submitting needs less than approving."""
        return {"POST": "rubrics:write" if self.verb == "submit" else "rubrics:approve"}

    @extend_schema(request=shapes.Noted, responses={200: answers.RubricSetVersion, **shapes.PROBLEMS})
    def post(self, request: Request, name: str, number: int) -> Response:
        """Submit, approve after reading a sample of `sample_size`, or retire."""
        return self.once(lambda: self._do(name, number))

    def _do(self, name: str, number: int) -> Response:
        body = shapes.checked(shapes.Noted, self.body or {})
        found = queries.get_set_version(self.actor, name, number)
        note = body.get("note", "")
        if self.verb == "submit":
            found = services.submit_set(by=self.actor, set_version=found, note=note)
        elif self.verb == "approve":
            found = services.approve_set(
                by=self.actor, set_version=found, sample_size=body.get("sample_size", 0), note=note
            )
        else:
            found = services.retire_set(by=self.actor, set_version=found, note=note)
        return Response(show(found))
