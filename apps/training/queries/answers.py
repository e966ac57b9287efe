"""The answer to a reward request, read from stored verdicts: the same numbers that the screen shows."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum

from apps.accounts.permissions import Actor
from apps.jobs.models import OPEN_JOBS
from apps.judging import queries as judge_queries
from apps.judging.models import Call, RunItem
from apps.rubrics.models import RubricVersion
from apps.training.models import CohortMember, RewardItem, RewardRequest
from apps.training.queries.comparing import compared, comparisons
from apps.training.queries.dressing import dressing
from apps.training.queries.grouping import groups
from apps.training.queries.provenance import provenance
from apps.training.queries.trajectories import trajectories
from domain import errors, pipeline

PENDING = "pending"
SCORED = frozenset({"ok", "partial"})
UNUSED = {
    "prompt_tokens": 0, "cached_tokens": 0, "completion_tokens": 0, "calls": 0, "seconds": 0.0, "verdicts": 0,
}  # fmt: skip
REQUESTED = ("run__job", "judge_version__judge", "training_run", "pin__release", "workspace")


def get_request(actor: Actor, request_id: Any) -> RewardRequest:
    """A reward request of the actor's workspace."""
    try:
        return RewardRequest.objects.select_related(*REQUESTED).get(pk=request_id, workspace=actor.workspace)
    except (RewardRequest.DoesNotExist, ValidationError, ValueError) as unknown:
        raise errors.NotFound("There is no such reward request.", code="reward_unknown") from unknown


def request_by_key(key: uuid.UUID) -> RewardRequest:
    """A request whose right to be read was checked, with all that its answer needs."""
    return RewardRequest.objects.select_related(*REQUESTED).get(pk=key)


def get_member(actor: Actor, member_id: Any) -> CohortMember:
    """A member of a cohort of the actor's workspace."""
    try:
        return CohortMember.objects.select_related("cohort").get(pk=member_id, cohort__workspace=actor.workspace)
    except (CohortMember.DoesNotExist, ValidationError, ValueError) as unknown:
        raise errors.NotFound("There is no such rollout of a cohort.", code="cohort_unknown") from unknown


def member_by_key(key: uuid.UUID) -> CohortMember | None:
    """A member of a cohort whose right to be read was checked; None where the key is none of a member."""
    return CohortMember.objects.select_related("cohort").filter(pk=key).first()


def item_of(member: CohortMember) -> RewardItem | None:
    """What a member is rewarded by, once its cohort is asked about."""
    request = member.cohort.request_id
    return None if request is None else items_of(request_by_key(request))[member.place]


def is_done(request: RewardRequest) -> bool:
    """Whether its answer was served, or nothing of it is being judged any more."""
    return request.done_at is not None or not open_jobs(request)


def open_jobs(request: RewardRequest) -> list[uuid.UUID]:
    """The jobs that still judge something of it: its own, and those of earlier requests that had the same to judge."""
    run = request.run
    if run is not None and run.job is not None and run.job.state in OPEN_JOBS:
        return [run.job.pk]
    elsewhere = RewardItem.objects.filter(
        request=request,
        result__isnull=True,
        run_item__state=RunItem.State.WAITING,
        run_item__run__job__state__in=OPEN_JOBS,
    )
    if run is not None:
        elsewhere = elsewhere.exclude(run_item__run=run)
    return list(elsewhere.values_list("run_item__run__job", flat=True).distinct())


def answer(
    request: RewardRequest, items: list[RewardItem] | None = None, *, done: bool | None = None, brief: bool = False
) -> dict[str, Any]:
    """The document of the contract: as it was served once it was done, before that with what there is so far.

    `brief` leaves out what there is so far, for a caller who waits and is answered once more.
    """
    items = items_of(request) if items is None else items
    judge = request.judge_version
    done = is_done(request) if done is None else done
    left = [item for item in items if item.result is None]
    fresh = iter(_nothing_yet(request, left) if brief and not done else results(request, left, done=done))
    found: list[Any] = [next(fresh) if item.result is None else item.result for item in items]
    whole: dict[str, Any] = {
        "id": str(request.pk),
        "status": "done" if done else PENDING,
        "rubric": _rubric(request, items),
        "judge": {
            "name": judge.judge.name,
            "version": judge.number,
            "fingerprint": judge.fingerprint,
            "licensed": judge_queries.is_licensed(judge),
        },
        "provenance": provenance(request, items),
        "results": found,
        "usage": usage(request),
    }
    if request.shape == "steps":
        whole["trajectories"] = trajectories(request, items, found)
    if request.shape == "groups":
        whole["groups"] = groups(request, items, found)
    return whole


def items_of(request: RewardRequest) -> list[RewardItem]:
    """The items of a request in its order; of one that was made just now with all its rewards those at hand."""
    if request.made_items is not None:
        return request.made_items
    return _with_versions(request, RewardItem.objects.filter(request=request))


def ready(request: RewardRequest) -> list[RewardItem]:
    """The items that are judged and not written down, whose rewards depend on no other answer."""
    if compared(request):
        return []
    judged = RewardItem.objects.filter(request=request, result__isnull=True, run_item__state=RunItem.State.DONE)
    found = _with_versions(request, judged)
    return [item for item in found if not pipeline.compares(item.version.scoring)]


def _with_versions(request: RewardRequest, rows: QuerySet[RewardItem]) -> list[RewardItem]:
    found = list(rows.select_related("profile", "subject").order_by("index"))
    versions = RubricVersion.objects.select_related("rubric").in_bulk({item.version_id for item in found})
    for item in found:
        item.request, item.version = request, versions[item.version_id]
    return found


def places(request: RewardRequest) -> dict[str, tuple[uuid.UUID, int]]:
    """The run and the index of each item's answer, where it was judged."""
    rows = RewardItem.objects.filter(request=request).exclude(run_item=None)
    return {
        name: (run, index) for name, run, index in rows.values_list("external_id", "run_item__run", "run_item__index")
    }


def usage(request: RewardRequest) -> dict[str, Any]:
    """Tokens, calls, new verdicts and seconds at the engine; without a run nobody was asked."""
    if request.run_id is None:
        return dict(UNUSED)
    sums = Call.objects.filter(run=request.run).aggregate(
        prompt_tokens=Sum("prompt_tokens", default=0),
        cached_tokens=Sum("cached_tokens", default=0),
        completion_tokens=Sum("completion_tokens", default=0),
        calls=Sum("http_calls", default=0),
        seconds=Sum("seconds", default=0.0),
    )
    made = RunItem.objects.filter(run=request.run).aggregate(
        all=Sum("scored", default=0) + Sum("unscored", default=0), reused=Sum("reused", default=0)
    )
    return {**sums, "verdicts": made["all"] - made["reused"]}


def _rubric(request: RewardRequest, items: list[RewardItem]) -> dict[str, Any]:
    versions = {item.version_id: item.version for item in items}
    if len(versions) != 1:
        return {"ref": request.rubric_ref, "slug": None, "version": None, "digest": None}
    (version,) = versions.values()
    return {"slug": version.rubric.slug, "version": version.number, "digest": judge_queries.digest_of(version)}


def results(request: RewardRequest, items: list[RewardItem], *, done: bool) -> list[dict[str, Any]]:
    """The result of each item as the stored verdicts say now."""
    if not items:
        return []
    dress = dressing(request, items)
    if compared(request):
        return [dress(*pair) for pair in zip(items, comparisons(request, items, done=done), strict=True)]
    run_items = _run_items(items)
    curves = judge_queries.curves_of(request.run.calibrations.all()) if request.run else {}
    found: list[dict[str, Any]] = [{} for _ in items]
    for profile_id in {item.profile_id for item in items}:
        chosen = [(place, item) for place, item in enumerate(items) if item.profile_id == profile_id]
        wanted = [run_items[item.run_item_id] for _, item in chosen]
        judged = judge_queries.results(wanted, profile=chosen[0][1].profile, curves=curves)
        for (place, item), result in zip(chosen, judged, strict=True):
            found[place] = dress(item, _result(result, done=done))
            item.cached = result.cached
    return found


def _nothing_yet(request: RewardRequest, items: list[RewardItem]) -> list[dict[str, Any]]:
    """The results of items as long as nobody has looked at what there is."""
    dress = dressing(request, items)
    empty: dict[str, Any] = {
        "status": PENDING, "reward": None, "display": None, "coverage": 0.0, "cached": False, "prompt_id": None,
        "criteria": {}, "trace": [],
    }  # fmt: skip
    return [dress(item, empty) for item in items]


def _run_items(items: list[RewardItem]) -> dict[int | None, RunItem]:
    """Where the items are judged, with their versions as they are at hand."""
    related = ("judge_version__judge", "subject__prompt__dataset", "run")
    rows = RunItem.objects.filter(pk__in={item.run_item_id for item in items}).select_related(*related)
    versions = {item.version_id: item.version for item in items}
    for row in rows:
        row.version = versions[row.version_id]
    return {row.pk: row for row in rows}


def _result(result: judge_queries.Result, *, done: bool) -> dict[str, Any]:
    score = result.score
    status = result.status if score else ("judge_error" if done else PENDING)
    return {
        "id": "",
        "status": status,
        "reward": score.raw if score and status in SCORED else None,
        "display": score.display if score and status in SCORED else None,
        "coverage": score.coverage if score else 0.0,
        "cached": result.cached,
        "prompt_id": result.item.subject.prompt.extensions.get("prompt_id"),
        "criteria": {found.criterion.id: _criterion(found) for found in result.criteria},
        "trace": [dict(step) for step in score.trace] if score else [],
        "judged_in": {"run": str(result.item.run_id), "index": result.item.index},
    }


def _criterion(found: judge_queries.CriterionResult) -> dict[str, Any]:
    verdict = found.verdict
    return {
        "status": found.status,
        "value": verdict.value if verdict else None,
        "probability": verdict.probability if verdict else None,
        "label_mass": verdict.label_mass if verdict else None,
        "contribution": found.contribution if verdict else None,
    }
