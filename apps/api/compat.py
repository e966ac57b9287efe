"""Other trainers' own shapes: OpenRLHF's remote reward model, and the resources server of NeMo-Gym.

Neither can be told that there is no reward. OpenRLHF is given the mean of what other rollouts of the prompt were paid,
with `failed` in its extra logs; NeMo-Gym gets its own mark of a judge that failed. Mistakes of the set-up, such as an
unknown rubric, are refused as everywhere. A row may name a cohort, so that rollouts that come singly are rewarded as
the group of their prompt.
"""

import json
import math
import statistics
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import answers, cohorts, rewards, shapes
from apps.api.auth import PathToken
from apps.api.base import StudioView
from apps.rubrics import queries as rubrics
from apps.training import bodies, queries, services
from apps.training.models import CohortMember, RewardItem, RewardRequest
from domain import errors, rollouts

PATIENCE = 150.0
"""Seconds; OpenRLHF hangs up after 180."""
MIDDLE = 0.5
LONGEST_COHORT = 120.0
"""Seconds that rollouts may wait for each other, so that the judge has some of PATIENCE left."""
FIELDS = ("reference", "context", "prompt_id", "profile", "group")
Paid = tuple[RewardItem | None, dict[str, Any]]


class OpenRlhfBody(bodies.Body):
    """What OpenRLHF posts: one rollout a request, older releases several."""

    query: Annotated[list[bodies.Text], Field(min_length=1, max_length=bodies.MOST_ITEMS)]
    prompts: list[bodies.Text] = []
    labels: list[Any] = []


class OpenRlhfRewards(answers.Answer):
    """One number for each query; `extra_logs` say how many had no reward of their own."""

    rewards: list[float]
    scores: list[float]
    extra_logs: dict[str, list[float]]


class Label(BaseModel):
    """The JSON that a row's label holds, the one free channel of OpenRLHF."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    rubric_ref: bodies.Short | None = None
    judge: bodies.Short | None = None
    training_run: bodies.Short | None = None
    prompt: bodies.Content | None = None
    reference: bodies.Content | None = None
    context: bodies.Content | None = None
    prompt_id: bodies.Short | None = None
    profile: bodies.Short | None = None
    group: bodies.Short | None = None
    cohort: bodies.CohortBody | None = None


class VerifyBody(BaseModel):
    """What an agent of NeMo-Gym posts; the task's own fields come back as they were."""

    model_config = ConfigDict(extra="allow", frozen=True)
    responses_create_params: dict[str, Any]
    response: dict[str, Any]


class Verified(answers.Answer):
    """The body that was sent, with its reward; `reward_components` add up to it and have the same keys every time."""

    model_config = ConfigDict(extra="allow")
    responses_create_params: dict[str, Any]
    response: dict[str, Any]
    reward: float
    reward_components: dict[str, float]


class SeedBody(BaseModel):
    """Whatever a task brings; nothing of it is needed."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Seeded(answers.Answer):
    """Nothing."""


class AggregateBody(BaseModel):
    """Answers of `verify` to be summed up."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    verify_responses: Annotated[list[dict[str, Any]], Field(max_length=100_000)]


class Aggregated(answers.Answer):
    """Statistics of rewards by task and of all; what the judge failed on is counted, and left out of them."""

    group_level_metrics: list[dict[str, float]]
    agent_metrics: dict[str, float]
    key_metrics: dict[str, float]


class SingleView(rewards.WaitingView):
    """Rollouts whose trainer cannot ask again: by themselves, or one that waits for the others of its cohort."""

    def asked(self, body: bodies.RewardBody, cohort: bodies.CohortBody | None) -> Response:
        """The answer at once to what was asked, or to the rollout that joined its cohort."""
        if cohort is None:
            return self.first(services.request_rewards(by=self.actor, body=body))
        joining = bodies.read(bodies.CohortRewardBody, {**body.model_dump(mode="json"), "cohort": cohort.model_dump()})
        member = services.join_cohort(by=self.actor, body=joining)
        answer = self.answer(member, self.request.data)
        if _served(member)[1]["status"] == "pending":
            answer.status_code = 202
            answer["Location"] = f"/api/v1/rewards/cohorts/{member.pk}"
        return answer

    @classmethod
    async def wait(cls, request_id: str, seconds: float) -> None:
        """Wait for the judge, and before that for the cohort where there is one."""
        if await sync_to_async(queries.member_by_key)(uuid.UUID(request_id)) is None:
            await super().wait(request_id, seconds)
        else:
            await cohorts.Waiting.wait(request_id, seconds)

    @classmethod
    def look(cls, request_id: str) -> RewardRequest | CohortMember:
        """What was asked, or the member of a cohort, read anew."""
        member = queries.member_by_key(uuid.UUID(request_id))
        return super().look(request_id) if member is None else member

    @classmethod
    def patience(cls, request: HttpRequest | Request, sent: Any) -> float:
        """They wait for the judge as long as they can."""
        return PATIENCE


class OpenRlhfView(SingleView):
    """OpenRLHF's `--reward.remote_url`."""

    counted: ClassVar = "query"
    scopes: ClassVar = {"POST": "rewards:write"}
    authentication_classes = (PathToken,)

    @extend_schema(
        operation_id="compat_openrlhf", request=OpenRlhfBody, responses={200: OpenRlhfRewards, **shapes.PROBLEMS}
    )
    def post(self, request: Request, token: str) -> Response:
        """Rewards of decoded rollouts; each label is JSON with `rubric_ref` and whatever else the row has."""
        return self.asked(*_of_queries(bodies.read(OpenRlhfBody, self.body)))

    @classmethod
    def answer(cls, found: RewardRequest | CohortMember, sent: Any) -> Response:
        """A number for every query, now."""
        raw, shown, failed, coverage = [], [], [], []
        for item, result in _paid(found):
            missing = result["reward"] is None
            paid = _instead(item) if missing else float(result["reward"])
            raw.append(paid)
            shown.append(min(1.0, max(0.0, paid)) if missing else float(result["display"]))
            failed.append(float(missing))
            coverage.append(float(result["coverage"]))
        return Response({"rewards": raw, "scores": shown, "extra_logs": {"failed": failed, "coverage": coverage}})


class VerifyView(SingleView):
    """NeMo-Gym's `verify`."""

    counted: ClassVar = "response"
    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="compat_nemo_gym_verify", request=VerifyBody, responses={200: Verified, **shapes.PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """The reward of a rollout; the task names `rubric_ref` and may bring reference, context and prompt_id."""
        return self.asked(*_of_rollout(bodies.read(VerifyBody, self.body)))

    @classmethod
    def answer(cls, found: RewardRequest | CohortMember, sent: Any) -> Response:
        """The body that was sent with its reward and its parts, or with the mark of a judge that failed."""
        ((item, result),) = _paid(found)
        names = ["reward"] if item is None else _parts_of(item)
        if result["reward"] is None:
            why = "the judge did not answer in time" if result["status"] == "pending" else result["status"]
            told = {"reward": 0.0, "reward_components": dict.fromkeys(names, 0.0), **_failed(sent, why)}
        else:
            told = {"reward": result["reward"], "reward_components": _components(names, result)}
        return Response({**sent, **told})


class SeedView(StudioView):
    """NeMo-Gym's `seed_session`: nothing has to be prepared."""

    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="compat_nemo_gym_seed_session", request=SeedBody, responses={200: Seeded, **shapes.PROBLEMS}
    )
    def post(self, request: Request) -> Response:
        """An empty object."""
        return Response({})


class ReverifyModeView(StudioView):
    """NeMo-Gym's `reverify_mode`."""

    scopes: ClassVar = {"GET": "rewards:write"}

    @extend_schema(operation_id="compat_nemo_gym_reverify_mode", responses={200: OpenApiTypes.STR, **shapes.PROBLEMS})
    def get(self, request: Request) -> Response:
        """The same rollout gets the same reward again, from stored verdicts."""
        return Response("stateless")


class AggregateView(StudioView):
    """NeMo-Gym's `aggregate_metrics`."""

    scopes: ClassVar = {"POST": "rewards:write"}

    @extend_schema(
        operation_id="compat_nemo_gym_aggregate_metrics", request=AggregateBody,
        responses={200: Aggregated, **shapes.PROBLEMS},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Mean, median, spread and extremes of rewards, by task and of all."""
        given = bodies.read(AggregateBody, self.body).verify_responses
        marks = ("_ng_failure_class", "mask_sample")
        paid = [one for one in given if not any(map(one.get, marks)) and _is_number(one.get("reward"))]
        tasks: dict[int, list[float]] = defaultdict(list)
        for one in paid:
            task = one.get("_ng_task_index", 0)
            tasks[task if isinstance(task, int) else 0].append(float(one["reward"]))
        whole = _statistics([float(one["reward"]) for one in paid])
        return Response(
            {
                "group_level_metrics": [
                    {"_ng_task_index": task, **_statistics(rewards_)} for task, rewards_ in sorted(tasks.items())
                ],
                "agent_metrics": {**whole, "judge_failed": len(given) - len(paid)},
                "key_metrics": {name: value for name, value in whole.items() if name.startswith("mean/")},
            }
        )


def _served(member: CohortMember) -> tuple[RewardItem | None, dict[str, Any]]:
    """What a member of a cohort is rewarded by, and its result as far as there is one."""
    told = services.serve_member(services.look_at(member))
    refused = told.get("refused")
    if not told["results"]:
        return None, {"reward": None, "status": refused["code"] if refused else "pending", "coverage": 0.0}
    found = queries.member_by_key(member.pk)
    return None if found is None else queries.item_of(found), told["results"][0]


def _paid(found: RewardRequest | CohortMember) -> list[Paid]:
    """Each rollout of the call with its result."""
    if isinstance(found, CohortMember):
        return [_served(found)]
    return list(zip(queries.items_of(found), services.serve(found)["results"], strict=True))


def _cohort_of(label: Label, pointer: str) -> bodies.CohortBody | None:
    if label.cohort is not None and label.cohort.timeout > LONGEST_COHORT:
        sentence = f"The trainer hangs up before: rollouts may wait {LONGEST_COHORT:.0f} seconds for each other."
        raise errors.Invalid(sentence, problems=[errors.Problem(f"{pointer}/cohort/timeout", "is too long")])
    return label.cohort


def _of_queries(body: OpenRlhfBody) -> tuple[bodies.RewardBody, bodies.CohortBody | None]:
    """The rollouts of a request and the cohort of a single one; all must name the same judge and training run."""
    if len(body.labels) != len(body.query):
        raise errors.Invalid(
            "Each query needs its label: JSON with rubric_ref. Name the column by --data.label_key.",
            problems=[errors.Problem("/labels", "needs one label for each query")],
        )
    if body.prompts and len(body.prompts) != len(body.query):
        raise errors.Invalid(
            "There are not as many prompts as queries.",
            problems=[errors.Problem("/prompts", "needs one prompt for each query")],
        )
    labels = [_label(given, f"/labels/{place}") for place, given in enumerate(body.labels)]
    commons = {(label.judge, label.training_run) for label in labels}
    if len(commons) > 1:
        raise errors.Invalid(
            "All rows of a request must name the same judge and the same training run.",
            problems=[errors.Problem("/labels", "name several")],
        )
    ((judge, training_run),) = commons
    cohort = next(filter(None, (_cohort_of(label, f"/labels/{place}") for place, label in enumerate(labels))), None)
    if cohort is not None and len(labels) > 1:
        raise errors.Invalid(
            "Rollouts of a cohort come one a request; several in one are a group already: name their `group`.",
            problems=[errors.Problem("/labels/0/cohort", "is for a single rollout")],
        )
    items = []
    for place, (query, label) in enumerate(zip(body.query, labels, strict=True)):
        prompt = body.prompts[place] if body.prompts else ""
        read = label.prompt or rollouts.conversation(rollouts.turns(prompt))
        if not read:
            raise errors.Invalid(
                f"Query {place} has no prompt.", problems=[errors.Problem(f"/prompts/{place}", "is empty")]
            )
        items.append(_item(place, label, read, rollouts.answer(query, prompt)))
    return bodies.read(bodies.RewardBody, {"judge": judge, "training_run": training_run, "items": items}), cohort


def _label(given: Any, pointer: str) -> Label:
    """What a label says; refused where it is no JSON object."""
    try:
        read = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        read = None
    if not isinstance(read, Mapping):
        raise errors.Invalid(
            'A label must be JSON such as {"rubric_ref": "letters@3"}.',
            problems=[errors.Problem(pointer, "is no JSON object")],
        )
    return bodies.read(Label, read)


def _of_rollout(body: VerifyBody) -> tuple[bodies.RewardBody, bodies.CohortBody | None]:
    task = bodies.read(Label, body.model_extra or {})
    prompt = task.prompt or _messages(body.responses_create_params.get("input"))
    if not prompt:
        raise errors.Invalid(
            "The task has no input.",
            problems=[errors.Problem("/responses_create_params/input", "is empty, or no text")],
        )
    item = _item(0, task, prompt, _said(body.response.get("output")))
    asked = {"judge": task.judge, "training_run": task.training_run, "items": [item]}
    return bodies.read(bodies.RewardBody, asked), _cohort_of(task, "")


def _item(place: int, label: Label, prompt: Any, response: str) -> dict[str, Any]:
    told = label.model_dump(mode="json", include=set(FIELDS), exclude_none=True)
    asked = prompt if isinstance(prompt, (str, list)) else str(prompt)
    shown = [one.model_dump(mode="json", exclude_none=True) if isinstance(one, BaseModel) else one for one in asked]
    return {
        "id": str(place), "prompt": asked if isinstance(asked, str) else shown, "response": response,
        "rubric": label.rubric_ref, **told,
    }  # fmt: skip


def _messages(given: Any) -> Any:
    """The input of the Responses API as messages: a text, or items with role and content."""
    if isinstance(given, str):
        return given
    items = [item for item in given if isinstance(item, Mapping)] if isinstance(given, Sequence) else []
    read = [{"role": str(item["role"]), "content": _text(item.get("content"))} for item in items if item.get("role")]
    return [message for message in read if message["content"]]


def _said(output: Any) -> str:
    """What the policy said in its messages; reasoning and calls of tools are no part of the answer."""
    items = [item for item in output if isinstance(item, Mapping)] if isinstance(output, Sequence) else []
    return "\n\n".join(filter(None, (_text(item.get("content")) for item in items if item.get("type") == "message")))


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = [part for part in content if isinstance(part, Mapping)] if isinstance(content, Sequence) else []
    return "".join(str(part.get("text") or "") for part in parts)


def _instead(item: RewardItem | None) -> float:
    """What a rollout without a reward is given: what its siblings were paid, else the middle."""
    mean = None if item is None else queries.mean_of_siblings(item)
    return MIDDLE if mean is None else mean


def _parts_of(item: RewardItem) -> list[str]:
    """The keys of the components: the criteria of a rubric for all prompts, and of one bound to a prompt the whole."""
    rubric = rubrics.domain_rubric(item.version)
    if rubric.scope.kind == "prompt":
        return ["reward"]
    return [*(criterion.id for criterion in rubric.criteria), "baseline"]


def _failed(sent: Mapping[str, Any], why: str) -> dict[str, Any]:
    """The marks of a judge that failed, as Gym's own `judge_failsafe` sets them: it masks the sample (0.7), older ones
    keep it apart.
    """
    config = sent.get("instance_config")
    return {
        "mask_sample": True, "failure_kind": "judge_failed", "failure_reason": why,
        "instance_config": {**(config if isinstance(config, Mapping) else {}), "mask_sample": True},
        "_ng_failure_class": "judge_failed", "_ng_failure_judge_error": why,
    }  # fmt: skip


def _components(names: Sequence[str], result: Mapping[str, Any]) -> dict[str, float]:
    """Parts that add up to the reward: contributions, and what is left of it."""
    found = {name: float((result["criteria"].get(name) or {}).get("contribution") or 0.0) for name in names[:-1]}
    return {**found, names[-1]: result["reward"] - math.fsum(found.values())}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _statistics(paid: Sequence[float]) -> dict[str, float]:
    if not paid:
        return {}
    return {
        "mean/reward": statistics.fmean(paid), "max/reward": max(paid), "min/reward": min(paid),
        "median/reward": statistics.median(paid), "std/reward": statistics.stdev(paid) if len(paid) > 1 else 0.0,
    }  # fmt: skip
