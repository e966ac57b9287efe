"""Rubrics, versions, workflow, import and export."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.permissions import Actor
from apps.api import answers, errors, paging, shapes
from apps.api.base import StudioView
from apps.api.renderers import RawParser
from apps.history import services as history
from apps.rubrics import queries, services
from apps.rubrics.models import Rubric, RubricVersion, VersionStatus
from domain import formats, rubric

READ, WRITE = "rubrics:read", "rubrics:write"
CACHING = {"Vary": "Authorization", "Cache-Control": "private, no-cache"}


def etag_of(version: RubricVersion, document: dict[str, Any] | None = None) -> str:
    """Digest and status, which is all that an answer depends on."""
    digest = (
        version.digest if version.digest and not version.is_draft else (document or queries.document(version))["digest"]
    )
    return etag(digest, version.status)


def etag(digest: str, status: str) -> str:
    """The tag of a version of that digest in that status."""
    return f'"{digest};{status}"'


def named_in(given: str, tag: str) -> bool:
    """Whether an If-None-Match names the tag or whatever there is."""
    return tag in [one.strip().removeprefix("W/") for one in given.split(",")] or given.strip() == "*"


def matches(request: Request, tag: str) -> bool:
    """Whether If-None-Match names the entity."""
    return named_in(request.headers.get("If-None-Match", ""), tag)


def answer_version(request: Request, actor: Actor, version: RubricVersion) -> Response:
    """The document with its ETag; 304 when the caller has it."""
    frozen = bool(version.digest) and not version.is_draft
    if frozen and matches(request, etag_of(version)):
        return Response(status=304, headers={"ETag": etag_of(version), **CACHING})
    document = queries.document(version)
    tag = etag_of(version, document)
    if matches(request, tag):
        return Response(status=304, headers={"ETag": tag, **CACHING})
    history.count_pull(by=actor, kind="rubric", ref=f"{version.rubric.slug}@{version.number}", items=1)
    return Response(document, headers={"ETag": tag, **CACHING})


def _summary(rubric: Rubric) -> dict[str, Any]:
    versions = list(rubric.versions.all())
    approved = next((version for version in versions if version.status == "approved"), None)
    return {
        "slug": rubric.slug,
        "title": rubric.title,
        "tags": rubric.tags,
        "approved_version": approved.number if approved else None,
        "digest": approved.digest if approved else None,
        "versions": [{"version": v.number, "status": v.status} for v in sorted(versions, key=lambda v: v.number)],
    }


class RubricsView(StudioView):
    """The rubrics of the workspace; members of rubric sets are listed with their set."""

    scopes: ClassVar = {"GET": READ, "POST": WRITE}

    @extend_schema(
        operation_id="rubrics_list", parameters=[*shapes.PAGING, *shapes.texts("status", "tag", "q")],
        responses={200: answers.RubricList, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """List rubrics."""
        chosen = {name: request.query_params.get(name, "") for name in ("q", "tag", "status")}
        rows = queries.library(self.actor, queries.Wanted(**chosen, sort="newest")).prefetch_related("versions")
        return Response(paging.page(request, rows, _summary))

    @extend_schema(
        operation_id="rubrics_create", request=rubric.Rubric, responses={201: answers.Document, **shapes.PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """Create a rubric with its first draft from a `rubricstudio/1` document."""
        return self.once(self._create)

    def _create(self) -> Response:
        body = dict(self.body)
        version = services.create_rubric(by=self.actor, document=body, slug=body.get("slug"), title=body.get("title"))
        return _made(version)


def _made(version: RubricVersion) -> Response:
    document = queries.document(version)
    where = f"/api/v1/rubrics/{version.rubric.slug}/versions/{version.number}"
    return Response(document, status=201, headers={"Location": where, "ETag": etag_of(version, document)})


class RubricView(StudioView):
    """The latest approved version of a rubric."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="rubrics_read",
        parameters=[shapes.IF_NONE_MATCH],
        responses={200: answers.Document, 304: None, **shapes.PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """The latest approved version; 404 where none is approved."""
        if request.headers.get("If-None-Match"):
            approved = RubricVersion.objects.filter(
                rubric__workspace=self.actor.workspace, rubric__slug=slug, status=VersionStatus.APPROVED
            )
            known = next(iter(approved.order_by().values_list("digest", flat=True)), None)
            tag = etag(known or "", VersionStatus.APPROVED)
            if known and matches(request, tag):
                return Response(status=304, headers={"ETag": tag, **CACHING})
        return answer_version(request, self.actor, queries.latest_approved(self.actor, slug))


class VersionsView(StudioView):
    """The versions of a rubric."""

    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="versions_create", request=shapes.NewVersion, responses={201: answers.Document, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str) -> Response:
        """Open a new draft, from the version named by `from` or from the latest one."""
        return self.once(lambda: self._create(slug))

    def _create(self, slug: str) -> Response:
        body = shapes.checked(shapes.NewVersion, self.body)
        rubric = queries.get_rubric(self.actor, slug)
        number = body.get("from")
        source = queries.get_version(self.actor, slug, number) if number else None
        return _made(services.new_draft(by=self.actor, rubric=rubric, source=source))


class VersionView(StudioView):
    """One version."""

    scopes: ClassVar = {"GET": READ, "PUT": WRITE}

    @extend_schema(
        operation_id="versions_read",
        parameters=[shapes.IF_NONE_MATCH],
        responses={200: answers.Document, 304: None, **shapes.PROBLEMS},
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The document of a version."""
        return answer_version(request, self.actor, queries.get_version(self.actor, slug, number))

    @extend_schema(
        operation_id="versions_replace", parameters=[shapes.IF_MATCH], request=rubric.Rubric,
        responses={200: answers.Document, **shapes.PROBLEMS, **shapes.PRECONDITIONS},
    )  # fmt: skip
    def put(self, request: Request, slug: str, number: int) -> Response:
        """Replace a draft; `If-Match` must be the ETag that was read."""
        version = queries.get_version(self.actor, slug, number)
        given = request.headers.get("If-Match", "")
        if not given:
            raise errors.PreconditionRequired("Send the ETag of the draft that you read as If-Match.")
        if given.strip() != "*" and etag_of(version) not in [tag.strip() for tag in given.split(",")]:
            raise errors.Stale("The draft changed since you read it. Read it again and merge your change.")
        changed = services.replace_draft(
            by=self.actor, version=version, document=dict(self.body), expected_revision=version.revision
        )
        document = queries.document(changed)
        return Response(document, headers={"ETag": etag_of(changed, document)})


class DigestView(StudioView):
    """A version by its digest."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(operation_id="rubric_versions_read", responses={200: answers.Document, **shapes.PROBLEMS})
    def get(self, request: Request, digest: str) -> Response:
        """The document without slug, version and status: it never changes, so it may be cached for good."""
        version = queries.by_digest(self.actor, digest)
        document = {
            name: value
            for name, value in queries.document(version).items()
            if name not in {"slug", "version", "status"}
        }
        history.count_pull(by=self.actor, kind="rubric", ref=digest, items=1)
        headers = {"ETag": f'"{digest}"', "Cache-Control": "private, max-age=31536000, immutable"}
        return Response(document, headers=headers)


Verb = Callable[..., RubricVersion]
VERBS: dict[str, tuple[str, Verb]] = {
    "submit": (WRITE, services.submit),
    "approve": ("rubrics:approve", services.approve),
    "take-back": ("rubrics:approve", services.take_back),
    "request-changes": ("rubrics:approve", services.request_changes),
    "withdraw": (WRITE, services.withdraw),
    "retire": ("rubrics:approve", services.retire),
}


class WorkflowView(StudioView):
    """A step in the life of a version."""

    verb = ""

    @property
    def scopes(self) -> dict[str, str]:  # type: ignore[override]
        """Each verb has its own scope."""
        return {"POST": VERBS[self.verb][0]}

    @extend_schema(request=shapes.Noted, responses={200: answers.Document, **shapes.PROBLEMS})
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Do the step; 409 with the open gates where it may not be done yet."""
        return self.once(lambda: self._do(slug, number))

    def _do(self, slug: str, number: int) -> Response:
        body = shapes.checked(shapes.Noted, self.body or {})
        version = queries.get_version(self.actor, slug, number)
        changed = VERBS[self.verb][1](by=self.actor, version=version, note=body.get("note", ""))
        document = queries.document(changed)
        return Response(document, headers={"ETag": etag_of(changed, document)})


class MergeView(StudioView):
    """Another version joined into a draft."""

    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="versions_merge", request=shapes.Merging, responses={200: answers.Document, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Join version `from` into this draft as one step; 409 names in `details.conflicts` what is to be chosen."""
        return self.once(lambda: self._do(slug, number))

    def _do(self, slug: str, number: int) -> Response:
        body = shapes.checked(shapes.Merging, self.body)
        version, other = (queries.get_version(self.actor, slug, each) for each in (number, body["from"]))
        merged = services.merge_into(by=self.actor, version=version, other=other, picks=body.get("choices") or {})
        document = queries.document(queries.get_version(self.actor, slug, merged.number))
        return Response(document, headers={"ETag": etag_of(merged, document)})


class ImportView(StudioView):
    """Rubrics from a file in one of the known formats."""

    scopes: ClassVar = {"POST": WRITE}
    parser_classes = (RawParser,)

    @extend_schema(
        operation_id="rubrics_import",
        parameters=[shapes.format_parameter((*formats.READERS, services.AUTO)), *shapes.texts("slug")],
        request={"application/octet-stream": bytes}, responses={201: answers.RubricImport, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Import; many prompt-bound rubrics become one rubric set."""
        return self.once(self._import)

    def _import(self) -> Response:
        name = self.request.query_params.get("format", "rubricstudio")
        found = services.import_rubrics(
            by=self.actor,
            format=name,
            data=self.file,
            slug=self.request.query_params.get("slug") or None,
        )
        body = {
            "rubrics": [
                {"slug": v.rubric.slug, "version": v.number, "digest": queries.document(v)["digest"]}
                for v in found.versions
            ],
            "rubric_set": found.set_version.rubric_set.name if found.set_version else None,
            "report": [{"level": n.level, "pointer": n.pointer, "message": n.message} for n in found.report],
        }
        return Response(body, status=201)


class ExportView(StudioView):
    """A version in another format."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="versions_export", parameters=[shapes.format_parameter(tuple(formats.WRITERS))],
        responses={**shapes.FILES, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request, slug: str, number: int) -> HttpResponse:
        """The file; what the format cannot hold is told in the header X-Export-Report."""
        version = queries.get_version(self.actor, slug, number)
        name = request.query_params.get("format", "rubricstudio")
        written = queries.export(version, name)
        answer = HttpResponse(written.data, content_type=written.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{slug}-{number}.{written.extension}"'
        answer["X-Export-Report"] = f"{len(written.report)} notes"
        return answer
