"""Releases: immutable sets of approved versions, as manifest and as streams."""

from pathlib import Path
from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import Actor
from apps.api import answers, paging, rewarded, rubrics, shapes, streams
from apps.api.base import StudioView
from apps.history import services as history
from apps.rubrics import queries as rubric_queries
from apps.training import bodies, queries, services
from apps.training.models import Release
from domain import errors

AFTER = OpenApiParameter("after", int, description="How many lines you have already")


def _summary(release: Release) -> dict[str, Any]:
    gone = queries.deprecation_of(release)
    return {
        "name": release.name,
        "digest": release.digest,
        "count": getattr(release, "size", None),
        "created_at": release.created_at,
        "deprecated": gone is not None,
    }


class ReleasesView(StudioView):
    """The releases of the workspace."""

    scopes: ClassVar = {"GET": "rubrics:read", "POST": "rubrics:approve"}

    @extend_schema(
        operation_id="releases_list", parameters=shapes.PAGING, responses={200: answers.ReleaseList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List releases."""
        return Response(paging.page(request, queries.releases(self.actor), _summary))

    @extend_schema(
        operation_id="releases_create", request=bodies.ReleaseBody, responses={201: answers.Manifest, **shapes.PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Make a release of approved versions: `{name, rubrics: ["slug@n", …], rubric_set, notes}`."""
        return self.once(self._create)

    def _create(self) -> Response:
        body = bodies.read(bodies.ReleaseBody, self.body)
        versions, set_version = [], None
        for index, ref in enumerate(body.rubrics):
            with errors.at(f"/rubrics/{index}"):
                version = rubric_queries.resolve(self.actor, ref).general
            if version is None:
                raise errors.Invalid(
                    f"{ref} is a set; name it as rubric_set.",
                    problems=[errors.Problem(f"/rubrics/{index}", "is a set")],
                )
            versions.append(version)
        if body.rubric_set:
            name = body.rubric_set if body.rubric_set.startswith("set:") else f"set:{body.rubric_set}"
            with errors.at("/rubric_set"):
                set_version = rubric_queries.resolve(self.actor, name).set_version
        release = services.create_release(
            by=self.actor, name=body.name, versions=versions, set_version=set_version, notes=body.notes
        )
        return Response(queries.manifest(release), status=201, headers={"Location": f"/api/v1/releases/{release.name}"})


class ReleaseView(StudioView):
    """One release."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="releases_read",
        parameters=[shapes.IF_NONE_MATCH],
        responses={200: answers.Manifest, 304: None, **shapes.PROBLEMS},
    )
    def get(self, request: Request, name: str) -> Response:
        """The manifest."""
        release = queries.get_release(self.actor, name)
        etag = f'"{release.digest};{"deprecated" if queries.deprecation_of(release) else "live"}"'
        if rubrics.matches(request, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(queries.manifest(release), headers={"ETag": etag})


class ReleaseLinesView(StudioView):
    """The documents of a release as NDJSON."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="releases_stream",
        parameters=[AFTER],
        responses={(200, "application/x-ndjson"): str, **shapes.PROBLEMS},
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        """Stream one document a line; the last line says how many and their sha256, so a broken stream shows."""
        release = queries.get_release(self.actor, name)
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit()) or len(after) > 9:
            raise errors.Invalid(
                "after must be a number of lines.", problems=[errors.Problem("/after", "is no number")]
            )
        path = queries.file_of(release, "ndjson")
        start = queries.line_at(path, int(after)) if int(after) else 0
        return _sent(request, self.actor, release, path, kind="application/x-ndjson", start=start)


class ReleaseParquetView(StudioView):
    """The documents of a release as Parquet."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="releases_parquet", responses={(200, "application/vnd.apache.parquet"): bytes, **shapes.PROBLEMS}
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        """One row a rubric: prompt_id, slug, version, digest, document (JSON text)."""
        release = queries.get_release(self.actor, name)
        path = queries.file_of(release, "parquet")
        return _sent(request, self.actor, release, path, kind="application/vnd.apache.parquet")


class ReleaseDiffView(StudioView):
    """What changed from one release to another."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="releases_diff",
        parameters=[OpenApiParameter("from", str, required=True, description="The release before")],
        responses={200: rewarded.ReleaseDiff, **shapes.PROBLEMS},
    )
    def get(self, request: Request, name: str) -> Response:
        """Rubrics that came, went and changed, by prompt and slug, each with its versions and digests."""
        before = request.query_params.get("from", "")
        with errors.at("/from"):
            old = queries.get_release(self.actor, before)
        found = queries.release_diff(old, queries.get_release(self.actor, name))
        return Response(found.as_dict())


class ReleaseDeprecateView(StudioView):
    """A release that should no longer be pinned."""

    scopes: ClassVar = {"POST": "rubrics:approve"}

    @extend_schema(
        operation_id="releases_deprecate", request=bodies.DeprecateBody,
        responses={200: answers.Manifest, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request, name: str) -> Response:
        """Say why: runs that have pinned it go on, new ones are refused."""
        release = queries.get_release(self.actor, name)
        body = bodies.read(bodies.DeprecateBody, self.body)
        services.deprecate(by=self.actor, release=release, reason=body.reason)
        return Response(queries.manifest(release))


class ReleasePullsView(StudioView):
    """Who pulled a release."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="releases_pulls", parameters=shapes.PAGING, responses={200: rewarded.PullList, **shapes.PROBLEMS}
    )
    def get(self, request: Request, name: str) -> Response:
        """By token and day: how often, how many rubrics, when last."""
        release = queries.get_release(self.actor, name)
        rows = queries.pulls(self.actor, "release", release.name)
        return Response(paging.page(request, rows, queries.pull_told(self.actor)))


def _sent(
    request: Request, actor: Actor, release: Release, path: Path, *, kind: str, start: int = 0
) -> HttpResponseBase:
    """The file of a release, counted as pulled unless the caller has it."""
    answer = streams.send(request, path, kind=kind, etag=f'"{release.digest}"', start=start)
    if answer.status_code in {200, 206}:
        history.count_pull(by=actor, kind="release", ref=release.name, items=release.entries.count())
    return answer
