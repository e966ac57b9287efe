"""Releases: immutable sets of approved versions, as manifest and as streams."""

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar

import orjson
from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, rubrics, shapes
from apps.api.base import StudioView
from apps.history import services as history
from apps.rubrics import queries as rubric_queries
from apps.training import bodies, queries, services
from apps.training.models import Release
from domain import errors

CHUNK = 100
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
    def get(self, request: Request, name: str) -> StreamingHttpResponse:
        """Stream one document a line; the last line says how many and their sha256, so a broken stream shows."""
        release = queries.get_release(self.actor, name)
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit()) or len(after) > 9:
            raise errors.Invalid(
                "after must be a number of lines.", problems=[errors.Problem("/after", "is no number")]
            )
        history.count_pull(by=self.actor, kind="release", ref=release.name, items=release.entries.count())
        lines = queries.lines(release, int(after))
        return StreamingHttpResponse(
            _chunks(lines), content_type="application/x-ndjson", headers={"ETag": f'"{release.digest}"'}
        )


async def _chunks(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read the database in short turns, off the event loop."""

    def turn() -> bytes:
        return b"".join(line for _, line in zip(range(CHUNK), lines, strict=False))

    while block := await sync_to_async(turn)():
        yield block


class ReleaseParquetView(StudioView):
    """The documents of a release as Parquet."""

    scopes: ClassVar = {"GET": "rubrics:read"}

    @extend_schema(
        operation_id="releases_parquet", responses={(200, "application/vnd.apache.parquet"): bytes, **shapes.PROBLEMS}
    )
    def get(self, request: Request, name: str) -> HttpResponse:
        """One row a rubric: prompt_id, slug, version, digest, document (JSON text)."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        release = queries.get_release(self.actor, name)
        rows: dict[str, list[Any]] = {"prompt_id": [], "slug": [], "version": [], "digest": [], "document": []}
        for entry in release.entries.select_related("version__rubric"):
            rows["prompt_id"].append(entry.prompt_id_text or None)
            rows["slug"].append(entry.version.rubric.slug)
            rows["version"].append(entry.version.number)
            rows["digest"].append(entry.digest)
            rows["document"].append(orjson.dumps(queries.document_of(entry)).decode())
        history.count_pull(by=self.actor, kind="release", ref=release.name, items=len(rows["digest"]))
        file = io.BytesIO()
        pq.write_table(pa.table(rows), file, compression="zstd")
        answer = HttpResponse(file.getvalue(), content_type="application/vnd.apache.parquet")
        answer["ETag"] = f'"{release.digest}"'
        return answer
