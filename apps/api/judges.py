"""Judges: engines with strategy, protocol and settings, versioned."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, shapes
from apps.api.base import StudioView
from apps.judging import queries, services
from apps.judging.models import Judge, JudgeTest, JudgeVersion


def show(version: JudgeVersion) -> dict[str, Any]:
    """A judge version as REST shows it; secrets never."""
    return {
        "name": version.judge.name,
        "version": version.number,
        "default": version.judge.is_default,
        "engine": {"kind": version.engine, "base_url": version.base_url or None, "model": version.model},
        "strategy": version.strategy,
        "protocol": version.protocol,
        "settings": version.settings,
        "prompt": {"name": version.prompt_name, "digest": version.prompt_digest},
        "fingerprint": version.fingerprint,
        "licensed": queries.is_licensed(version),
        "has_api_key": version.api_key_sealed is not None,
    }


def show_test(test: JudgeTest) -> dict[str, Any]:
    """What a test of a judge found, or that it is still running."""
    return {"id": test.pk, "ready": test.ready, "checks": test.checks, "at": test.created_at}


def _row(judge: Judge) -> dict[str, Any]:
    return show(judge.versions.select_related("judge").order_by("-number")[0])


class JudgesView(StudioView):
    """The judges of the workspace."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "judges:write"}

    @extend_schema(
        operation_id="judges_list", parameters=shapes.PAGING, responses={200: answers.JudgeList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List judges with their latest version."""
        rows = Judge.objects.filter(workspace=self.actor.workspace, archived_at=None)
        return Response(paging.page(request, rows, _row))

    @extend_schema(
        operation_id="judges_create", request=shapes.JudgeBody, responses={201: answers.Judge, **shapes.PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Make a judge, or the next version of one."""
        return self.once(self._create)

    def _create(self) -> Response:
        body = shapes.checked(shapes.JudgeBody, self.body)
        version = services.create_judge(
            by=self.actor, name=body["name"], engine=dict(body["engine"]), strategy=body["strategy"],
            protocol=body["protocol"], settings=body.get("settings") or {}, make_default=body["default"],
        )  # fmt: skip
        version.judge.refresh_from_db(fields=["is_default"])
        return Response(show(version), status=201, headers={"Location": f"/api/v1/judges/{version.judge.name}"})


class JudgeView(StudioView):
    """One judge."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(operation_id="judges_read", responses={200: answers.TestedJudge, **shapes.PROBLEMS})
    def get(self, request: Request, name: str) -> Response:
        """Its latest version and what the last test found."""
        version = queries.judge_by_ref(self.actor, name)
        test = queries.latest_test(version)
        return Response({**show(version), "test": show_test(test) if test else None})


class JudgeTestView(StudioView):
    """A test of a judge's endpoint."""

    scopes: ClassVar = {"POST": "judges:write"}

    @extend_schema(operation_id="judges_test", request=None, responses={202: answers.JudgeTest, **shapes.PROBLEMS})
    def post(self, request: Request, name: str) -> Response:
        """Have a worker test the endpoint; read the judge to see the outcome."""
        return self.once(lambda: self._test(name))

    def _test(self, name: str) -> Response:
        test = services.test_judge(by=self.actor, version=queries.judge_by_ref(self.actor, name))
        return Response(show_test(test), status=202, headers={"Location": f"/api/v1/judges/{name}", "Retry-After": "1"})
