"""Criteria from comments over REST: have comments read, look at the candidates, propose or dismiss them."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, shapes
from apps.api.base import StudioView
from apps.judging import queries as judge_queries
from apps.review import permissions, queries, services
from apps.review.models import CandidateCriterion, Reading
from apps.rubrics import queries as rubric_queries
from domain import errors

VERBS = ("dismiss", "reopen")
BIG = 2**63 - 1


class ReadingBody(serializers.Serializer[Any]):
    """Which comments: of a queue, or without one all about the rubric; for which version criteria are proposed.

    `judge` left out means the default. `alike` is the cosine over which two principles say the same.
    """

    rubric = serializers.CharField(max_length=300, help_text="a version, such as letters@3")
    queue = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIG)
    judge = serializers.CharField(required=False, allow_null=True, max_length=200)
    likeness = serializers.ChoiceField(required=False, choices=Reading.Likeness.choices)
    alike = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1)


class ChosenBody(serializers.Serializer[Any]):
    """A candidate, and other words for it."""

    id = serializers.IntegerField(min_value=1, max_value=BIG)
    text = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class ProposeBody(serializers.Serializer[Any]):
    """The candidates that become new criteria of one proposal."""

    candidates = ChosenBody(many=True, allow_empty=False)


class CandidateBody(serializers.Serializer[Any]):
    """Why a candidate is dismissed."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=1_000)


class Passage(answers.Answer):
    """What one comment says: the passage of the comment or the answer that it rests on, and whether it is met."""

    by: str
    principle: str
    met: bool
    source: str
    start: int | None
    end: int | None
    passage: str
    similarity: float | None
    review: int | None


class Candidate(answers.Answer):
    """Principles that say the same; `standing` is agreed, split, several or alone."""

    id: int
    text: str
    standing: str
    people: int
    answers: int
    comments: int
    agreed: int
    split: int
    partial: int
    met: int
    unmet: int
    nearest: dict[str, Any] | None
    state: str
    reason: str
    proposal: int | None
    evidence: list[Passage]


class ReadingAnswer(answers.Answer):
    """A reading of comments, how far it is, and its candidates once all is read."""

    id: int
    rubric: str
    queue: int | None
    judge: str
    likeness: str
    model: str
    alike: float
    state: str
    created_at: datetime
    comments: dict[str, int]
    dropped: dict[str, int]
    unread: list[dict[str, Any]]
    candidates: list[Candidate]


def show(reading: Reading) -> dict[str, Any]:
    """A reading as REST shows it."""
    rows = list(queries.candidates_of(reading))
    evidence = queries.evidence_of(rows)
    read = queries.read_so_far(reading)
    return {
        "id": reading.pk,
        "rubric": str(reading.version),
        "queue": reading.queue_id,
        "judge": str(reading.judge),
        "likeness": reading.likeness,
        "model": reading.model,
        "alike": reading.alike,
        "state": reading.job.state if reading.job else "done",
        "created_at": reading.created_at,
        "comments": {"waiting": read.waiting, "read": read.read, "unread": read.unread, "empty": read.empty},
        "dropped": {"partly": read.partly, "general": read.general, "unfound": read.unfound},
        "unread": [{"reason": reason, "comments": count} for reason, count in read.reasons],
        "candidates": [_candidate(row, evidence.get(row.pk, [])) for row in rows],
    }


class ReadingsView(StudioView):
    """Readings of comments."""

    scopes: ClassVar = {"POST": "reviews:write"}

    @extend_schema(
        operation_id="comment_readings_create", request=ReadingBody,
        responses={202: ReadingAnswer, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Have a judge name the principles in comments; 409 where nobody wrote any."""
        return self.once(self._start)

    def _start(self) -> Response:
        body = shapes.checked(ReadingBody, self.body)
        slug, _, number = body["rubric"].partition("@")
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            problem = errors.Problem("/rubric", "must be a version such as letters@3")
            raise errors.Invalid("Name the version that criteria are proposed for.", problems=[problem])
        with errors.at("/judge"):
            judge = judge_queries.judge_by_ref(self.actor, body.get("judge"))
        made = services.start_reading(
            by=self.actor, version=rubric_queries.get_version(self.actor, slug, int(number)), judge=judge,
            queue=queries.get_queue(self.actor, body["queue"]) if body.get("queue") else None,
            likeness=body.get("likeness") or Reading.Likeness.WORDS, alike=body.get("alike"),
        )  # fmt: skip
        where = f"/api/v1/comment-readings/{made.pk}"
        return Response(show(queries.get_reading(self.actor, made.pk)), status=202, headers={"Location": where})


class ReadingView(StudioView):
    """One reading."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="comment_readings_read", responses={200: ReadingAnswer, **shapes.PROBLEMS})
    def get(self, request: Request, reading_id: int) -> Response:
        """How far it is, and the candidates with what they rest on; for authors, as people are named."""
        permissions.check_may_read_comments(self.actor)
        return Response(show(queries.get_reading(self.actor, reading_id)))


class ReadingProposeView(StudioView):
    """Candidates into a proposal."""

    scopes: ClassVar = {"POST": "proposals:write"}

    @extend_schema(
        operation_id="comment_readings_propose", request=ProposeBody,
        responses={201: answers.Proposal, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request, reading_id: int) -> Response:
        """Propose candidates as new criteria, with their evidence; 409 where one was decided on already."""
        return self.once(lambda: self._propose(reading_id))

    def _propose(self, reading_id: int) -> Response:
        body = shapes.checked(ProposeBody, self.body)
        reading = queries.get_reading(self.actor, reading_id)
        chosen = {one["id"]: one.get("text", "") for one in body["candidates"]}
        made = services.propose_candidates(by=self.actor, reading=reading, chosen=chosen)
        where = f"/api/v1/proposals/{made.pk}"
        return Response(rubric_queries.proposal_body(made), status=201, headers={"Location": where})


class CandidateStepView(StudioView):
    """Dismissing a candidate, and opening it again."""

    scopes: ClassVar = {"POST": "reviews:write"}
    verb = ""

    @extend_schema(request=CandidateBody, responses={200: ReadingAnswer, **shapes.PROBLEMS})
    def post(self, request: Request, reading_id: int, candidate_id: int) -> Response:
        """Do it; dismissing needs a reason, which stays."""
        return self.once(lambda: self._do(reading_id, candidate_id))

    def _do(self, reading_id: int, candidate_id: int) -> Response:
        body = shapes.checked(CandidateBody, self.body or {})
        reading = queries.get_reading(self.actor, reading_id)
        row = queries.get_candidate(reading, candidate_id)
        if self.verb == "dismiss":
            services.dismiss_candidate(by=self.actor, reading=reading, candidate=row, reason=body.get("reason", ""))
        else:
            services.reopen_candidate(by=self.actor, reading=reading, candidate=row)
        return Response(show(reading))


def _candidate(row: CandidateCriterion, found: list[queries.Evidence]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "text": row.text,
        "standing": row.standing,
        **row.figures,
        "nearest": row.similar or None,
        "state": row.state,
        "reason": row.reason,
        "proposal": row.proposal_id,
        "evidence": [
            {
                "by": one.principle.comment.by.name, "principle": one.principle.text, "met": one.principle.met == "yes",
                "source": one.principle.source, "start": one.principle.start, "end": one.principle.end,
                "passage": one.parts[1], "similarity": one.principle.similarity,
                "review": one.principle.comment.review_id,
            }
            for one in found
        ],
    }  # fmt: skip
