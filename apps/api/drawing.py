"""Queues: drawn by a rule, looked at before, added to, paused, closed and opened again."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.api import answers, paging, settling, shapes
from apps.api.base import StudioView
from apps.core.roles import Role
from apps.datasets import queries as dataset_queries
from apps.judging import queries as judge_queries
from apps.review import queries, services
from apps.review.models import Queue
from apps.rubrics import queries as rubric_queries
from domain import draws, errors

VERBS = ("pause", "close", "reopen", "add")
_STATES = {"pause": Queue.State.PAUSED, "close": Queue.State.CLOSED, "reopen": Queue.State.OPEN}
DECIDERS = [role.value for role in Role if role.at_least(Role.ANNOTATOR)]


class RuleBody(serializers.Serializer[Any]):
    """By which rule; what a rule does not need is left out. `subjects` and `responses` name what `picked` takes."""

    kind = serializers.ChoiceField(choices=list(draws.RULES), default="random")
    size = serializers.IntegerField(min_value=1, max_value=draws.MOST_ITEMS, default=draws.SIZE)
    by = serializers.ChoiceField(choices=[one.value for one in draws.By], required=False)
    proportional = serializers.BooleanField(required=False)
    measure = serializers.ChoiceField(choices=[one.value for one in draws.Measure], required=False)
    criteria = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=10_000)
    models = serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=1_000)
    tags = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=1_000)
    subjects = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=10_000)
    responses = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(max_length=200), min_length=2, max_length=2),
        required=False, max_length=10_000, help_text="[[prompt_id, response_id]]",
    )  # fmt: skip
    threshold = serializers.FloatField(required=False, allow_null=True, min_value=0)
    exclude_queued = serializers.BooleanField(required=False)


class DrawBody(serializers.Serializer[Any]):
    """What is drawn: one of `run`, `dataset`, `rubric` (its criteria) or `proposal`, a task and a rule.

    With `dataset`, `rubric` names the version whose criteria are decided where the task is `verdict` or `response`.
    """

    run = serializers.UUIDField(required=False, allow_null=True)
    dataset = serializers.CharField(max_length=80, required=False, allow_null=True)
    rubric = serializers.CharField(max_length=300, required=False, allow_null=True)
    proposal = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    task = serializers.ChoiceField(choices=Queue.Task.choices, default=Queue.Task.VERDICT)
    rule = RuleBody(required=False)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    overlap = serializers.IntegerField(required=False, min_value=1, max_value=9)
    gold_share = serializers.FloatField(required=False, min_value=0, max_value=0.5)
    repeat_share = serializers.FloatField(required=False, min_value=0, max_value=0.5)


class QueueBody(DrawBody):
    """A queue, and who decides in it: people by user name, or all with the role and the skills."""

    name = serializers.CharField(max_length=200)
    blind = serializers.BooleanField(required=False)
    instructions = serializers.CharField(max_length=5_000, required=False, allow_blank=True)
    priority = serializers.IntegerField(required=False, min_value=-100, max_value=100)
    deadline = serializers.DateTimeField(required=False, allow_null=True)
    minimum_role = serializers.ChoiceField(choices=DECIDERS, required=False)
    skills = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=20)
    assignees = serializers.ListField(child=serializers.CharField(max_length=150), required=False, max_length=500)
    consensus = settling.ConsensusBody(required=False)


class QueueStepBody(serializers.Serializer[Any]):
    """A reason for pausing or closing; for adding, the rule and the seed by which more is drawn."""

    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    rule = RuleBody(required=False)
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class QueueCounts(answers.Answer):
    """How far a queue is."""

    items: int
    answered: int
    conflict: int
    resolved: int
    decisions: int
    wanted: int


class QueueDetail(answers.Answer):
    """A review queue: what it was drawn by, who decides in it, and how far it is."""

    id: int
    name: str
    task: str
    state: str
    state_reason: str
    run: str | None
    dataset: str | None
    rubric: str | None
    proposal: int | None
    rule: dict[str, Any]
    seed: int
    overlap: int
    blind: bool
    gold_share: float
    repeat_share: float
    priority: int
    deadline: datetime | None
    overdue: bool
    minimum_role: str
    skills: list[str]
    assignees: list[str]
    instructions: str
    consensus: dict[str, Any]
    items: int
    progress: QueueCounts


class QueuePart(answers.Answer):
    """How many drawn items are of one sort, and how many there are to draw from where that is known."""

    name: str
    drawn: int
    found: int | None


class QueueSample(answers.Answer):
    """One item as a line."""

    source: str
    question: str
    excerpt: str


class QueuePreview(answers.Answer):
    """What would be drawn; `one_in` above 1 says that figures are carried over from one answer in so many."""

    drawn: int
    gold: int
    repeats: int
    items: int
    decisions: int
    hours: float
    seconds_each: float
    measured: int
    candidates: int
    one_in: int
    is_long: bool
    strata: list[QueuePart]
    criteria: list[QueuePart]
    models: list[QueuePart]
    samples: list[QueueSample]


def show_whole(queue: Queue) -> dict[str, Any]:
    """A queue with all that is known of it."""
    progress = queries.progress(queue)
    same = (
        "name", "task", "state", "state_reason", "rule", "seed", "overlap", "blind", "gold_share", "repeat_share",
        "priority", "deadline", "minimum_role", "skills", "instructions",
        "consensus",
    )  # fmt: skip
    return {
        "id": queue.pk,
        **{name: getattr(queue, name) for name in same},
        "run": str(queue.run_id) if queue.run_id else None,
        "dataset": queue.dataset.slug if queue.dataset else None,
        "rubric": str(queue.version) if queue.version else None,
        "proposal": queue.proposal_id,
        "overdue": queue.is_overdue,
        "assignees": [person.username for person in queue.assignees.order_by("username")],
        "items": progress.items,
        "progress": dataclasses.asdict(progress),
    }


class QueuesView(StudioView):
    """The queues of the workspace."""

    scopes: ClassVar = {"GET": "data:read", "POST": "reviews:write"}

    @extend_schema(
        operation_id="queues_list", parameters=shapes.PAGING, responses={200: answers.QueueList, **shapes.PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List queues."""
        rows = Queue.objects.filter(workspace=self.actor.workspace)
        return Response(paging.page(request, rows, show))

    @extend_schema(operation_id="queues_create", request=QueueBody, responses={201: QueueDetail, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Draw a queue; a large one is `drawing` until a worker has drawn it."""
        return self.once(self._create)

    def _create(self) -> Response:
        body = shapes.checked(QueueBody, self.body)
        place = _place(self, body)
        given = {
            name: body[name]
            for name in (
                "task", "overlap", "seed", "blind", "gold_share", "repeat_share", "priority", "deadline", "skills",
                "instructions", "minimum_role", "consensus",
            )
            if name in body
        }  # fmt: skip
        queue = services.create_queue(
            by=self.actor, name=body["name"], rule=dict(body.get("rule") or {}), run=place.run, dataset=place.dataset,
            version=place.version, proposal=place.proposal, assignees=_people(self, body.get("assignees", [])), **given,
        )  # fmt: skip
        headers = {"Location": f"/api/v1/queues/{queue.pk}"}
        return Response(show_whole(queries.get_queue(self.actor, queue.pk)), status=201, headers=headers)


class QueuePreviewView(StudioView):
    """What a queue would hold."""

    scopes: ClassVar = {"POST": "reviews:write"}

    @extend_schema(operation_id="queues_preview", request=DrawBody, responses={200: QueuePreview, **shapes.PROBLEMS})
    def post(self, request: Request) -> Response:
        """Draw without making anything: counts, decisions, hours, and some items."""
        self.actor.require(Role.AUTHOR, "make review queues")
        body = shapes.checked(DrawBody, self.body)
        wish = queries.Wish(
            _place(self, body), body["task"], dict(body.get("rule") or {}), body.get("seed", 0),
            body.get("gold_share", 0.0), body.get("repeat_share", 0.0),
        )  # fmt: skip
        services.check_source(by=self.actor, place=wish.place)
        found = queries.preview(wish, workspace_id=self.actor.workspace.pk, overlap=body.get("overlap", 1))
        told = dataclasses.asdict(found)
        effort = told.pop("effort")
        named = {name: told[name] for name in told if name not in ("gold_wanted", "overlap")}
        more = {name: getattr(found, name) for name in ("items", "decisions", "hours")}
        return Response({**named, **more, "seconds_each": effort["seconds"], "measured": effort["measured"]})


class QueueView(StudioView):
    """One queue."""

    scopes: ClassVar = {"GET": "data:read"}

    @extend_schema(operation_id="queues_read", responses={200: QueueDetail, **shapes.PROBLEMS})
    def get(self, request: Request, queue_id: int) -> Response:
        """What it was drawn by, who decides in it, and how far it is."""
        return Response(show_whole(queries.get_queue(self.actor, queue_id)))


class QueueStepView(StudioView):
    """A queue is paused, closed, opened again or added to."""

    scopes: ClassVar = {"POST": "reviews:write"}
    verb = ""

    @extend_schema(request=QueueStepBody, responses={200: QueueDetail, **shapes.PROBLEMS})
    def post(self, request: Request, queue_id: int) -> Response:
        """Do it; 409 where the queue is being drawn, has nothing, or the rule finds nothing new."""
        return self.once(lambda: self._do(queries.get_queue(self.actor, queue_id)))

    def _do(self, queue: Queue) -> Response:
        body = shapes.checked(QueueStepBody, self.body or {})
        if self.verb == "add":
            rule = dict(body.get("rule") or {})
            services.add_items(by=self.actor, queue=queue, rule=rule, seed=body.get("seed", 0))
        else:
            services.set_state(by=self.actor, queue=queue, state=_STATES[self.verb], reason=body.get("reason", ""))
        return Response(show_whole(queries.get_queue(self.actor, queue.pk)))


def show(queue: Queue) -> dict[str, Any]:
    """A queue in a list."""
    return {
        "id": queue.pk,
        "name": queue.name,
        "task": queue.task,
        "state": queue.state,
        "run": str(queue.run_id) if queue.run_id else None,
        "overlap": queue.overlap,
        "blind": queue.blind,
        "items": queue.items.count(),
    }


def _place(view: StudioView, body: dict[str, Any]) -> queries.Place:
    actor = view.actor
    found: dict[str, Any] = {}
    if body.get("run"):
        with errors.at("/run"):
            found["run"] = judge_queries.get_run(actor, body["run"])
    if body.get("dataset"):
        with errors.at("/dataset"):
            found["dataset"] = dataset_queries.get_dataset(actor, body["dataset"])
    if body.get("rubric"):
        with errors.at("/rubric"):
            found["version"] = rubric_queries.resolve(actor, body["rubric"]).general
            if found["version"] is None:
                raise errors.Invalid("Name one rubric such as letters@3, not a set.", code="rubric_ref")
    if body.get("proposal"):
        with errors.at("/proposal"):
            found["proposal"] = rubric_queries.get_proposal(actor, body["proposal"])
    return queries.Place(**found)


def _people(view: StudioView, names: Sequence[str]) -> list[User]:
    members = view.actor.workspace.memberships.filter(user__username__in=names, active=True).select_related("user")
    found = {member.user.username: member.user for member in members}
    problems = [
        errors.Problem(f"/assignees/{n}", f"There is no active member “{name}”.")
        for n, name in enumerate(names)
        if name not in found
    ]
    if problems:
        raise errors.Invalid(problems[0].message, code="assignees_unknown", problems=problems)
    return [found[name] for name in dict.fromkeys(names)]
