"""Discussions on a rubric, a criterion or a level: listed, opened, answered, settled, taken up again."""

import hashlib
from datetime import datetime
from typing import Any, ClassVar

import orjson
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, paging, rubrics, shapes
from apps.api.base import StudioView
from apps.rubrics import queries, services
from apps.rubrics.models import Comment, Thread
from domain import errors

READ, TALK = "rubrics:read", "proposals:write"
STATES = {"": "", "open": "open", "settled": "settled"}
VERBS = {"resolve": services.resolve_thread, "reopen": services.reopen_thread}


class ThreadComment(answers.Answer):
    """What somebody said; `text` is empty where they took it back. `mentions` are the names that it speaks to."""

    id: int
    by: str
    text: str
    at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    mentions: list[str]


class DiscussionThread(answers.Answer):
    """A discussion; `criterion` and `level` are null where it is about the whole, `version` is where it began."""

    id: int
    rubric: str
    version: int | None
    criterion: str | None
    level: str | None
    state: str
    opened_by: str
    opened_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None
    comments: list[ThreadComment]


class ThreadList(answers.Page):
    """Discussions of a rubric."""

    results: list[DiscussionThread]


class ThreadsView(StudioView):
    """The discussions of a rubric; they follow it across versions."""

    scopes: ClassVar = {"GET": READ, "POST": TALK}

    @extend_schema(
        operation_id="threads_list",
        parameters=[
            *shapes.PAGING, *shapes.texts("criterion"),
            OpenApiParameter("state", str, enum=[name for name in STATES if name], description="All where left out"),
        ],
        responses={200: ThreadList, **shapes.PROBLEMS},
    )  # fmt: skip
    def get(self, request: Request, slug: str) -> Response:
        """List discussions with all their comments: of the rubric, or of one criterion."""
        state = request.query_params.get("state", "")
        if state not in STATES:
            raise errors.Invalid("state is open or settled.", problems=[errors.Problem("/state", "open or settled")])
        rubric = queries.get_rubric(self.actor, slug)
        rows = queries.threads_found(rubric, show=state, criterion=request.query_params.get("criterion", ""))
        return Response(paging.page(request, rows, show))

    @extend_schema(
        operation_id="threads_create", request=shapes.NewThread, responses={201: DiscussionThread, **shapes.PROBLEMS}
    )
    def post(self, request: Request, slug: str) -> Response:
        """Start a discussion with its first comment."""
        return self.once(lambda: self._create(slug))

    def _create(self, slug: str) -> Response:
        body = shapes.checked(shapes.NewThread, self.body)
        rubric = queries.get_rubric(self.actor, slug)
        number = body.pop("version", None)
        version = queries.get_version(self.actor, slug, number) if number else queries.newest_version(rubric)
        about = {name: body.get(name) or "" for name in ("criterion", "level")}
        made = services.open_thread(by=self.actor, rubric=rubric, version=version, text=body["text"], **about)
        return _answer(made, status=201, Location=f"/api/v1/threads/{made.pk}")


class ThreadView(StudioView):
    """One discussion."""

    scopes: ClassVar = {"GET": READ}

    @extend_schema(
        operation_id="threads_read",
        parameters=[shapes.IF_NONE_MATCH],
        responses={200: DiscussionThread, 304: None, **shapes.PROBLEMS},
    )
    def get(self, request: Request, thread_id: int) -> Response:
        """All that was said; 304 where nothing changed since the ETag that you have."""
        answer = _answer(queries.get_thread(self.actor, thread_id))
        if rubrics.matches(request, answer["ETag"]):
            return Response(status=304, headers={"ETag": answer["ETag"], **rubrics.CACHING})
        return answer


class ThreadReplyView(StudioView):
    """An answer in a discussion."""

    scopes: ClassVar = {"POST": TALK}

    @extend_schema(
        operation_id="threads_reply", request=shapes.Said, responses={200: DiscussionThread, **shapes.PROBLEMS}
    )
    def post(self, request: Request, thread_id: int) -> Response:
        """Say something; the answer is the whole discussion."""
        return self.once(lambda: self._say(thread_id))

    def _say(self, thread_id: int) -> Response:
        body = shapes.checked(shapes.Said, self.body)
        services.comment(by=self.actor, thread=queries.get_thread(self.actor, thread_id), text=body["text"])
        return _answer(queries.get_thread(self.actor, thread_id))


class ThreadStepView(StudioView):
    """A discussion settled or taken up again."""

    scopes: ClassVar = {"POST": TALK}
    verb = ""

    @extend_schema(request=None, responses={200: DiscussionThread, **shapes.PROBLEMS})
    def post(self, request: Request, thread_id: int) -> Response:
        """Do it; doing it twice changes nothing."""
        return self.once(lambda: self._do(thread_id))

    def _do(self, thread_id: int) -> Response:
        VERBS[self.verb](by=self.actor, thread=queries.get_thread(self.actor, thread_id))
        return _answer(queries.get_thread(self.actor, thread_id))


def _answer(row: Thread, status: int = 200, **headers: str) -> Response:
    """A discussion with its ETag, which changes with every word and step."""
    body = show(row)
    etag = f'"{hashlib.sha256(orjson.dumps(body)).hexdigest()[:32]}"'
    return Response(body, status=status, headers={"ETag": etag, **rubrics.CACHING, **headers})


def show(row: Thread) -> dict[str, Any]:
    """A discussion as REST shows it."""
    return {
        "id": row.pk,
        "rubric": row.rubric.slug,
        "version": row.opened_on.number if row.opened_on else None,
        "criterion": row.criterion or None,
        "level": row.level or None,
        "state": "open" if row.resolved_at is None else "settled",
        "opened_by": row.created_by.name,
        "opened_at": row.created_at,
        "resolved_by": row.resolved_by.name if row.resolved_by else None,
        "resolved_at": row.resolved_at,
        "comments": [_comment(said) for said in row.comments.all()],
    }


def _comment(said: Comment) -> dict[str, Any]:
    return {
        "id": said.pk,
        "by": said.by.name,
        "text": said.text,
        "at": said.created_at,
        "edited_at": said.edited_at,
        "deleted_at": said.deleted_at,
        "mentions": [mention.user.username for mention in said.mentions.all()],
    }
