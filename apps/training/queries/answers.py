"""The answer to a reward request, read from stored verdicts: the same numbers that the screen shows."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Sum

from apps.accounts.permissions import Actor
from apps.jobs.models import OPEN_JOBS
from apps.judging import queries as judge_queries
from apps.judging.models import Call, RunItem
from apps.training.models import RewardItem, RewardRequest
from apps.training.queries.trajectories import trajectories
from domain import errors

PENDING = "pending"
SCORED = frozenset({"ok", "partial"})


def get_request(actor: Actor, request_id: Any) -> RewardRequest:
    """A reward request of the actor's workspace."""
    try:
        return RewardRequest.objects.select_related("run__job", "judge_version__judge").get(
            pk=request_id, workspace=actor.workspace
        )
    except (RewardRequest.DoesNotExist, ValidationError, ValueError) as unknown:
        raise errors.NotFound("There is no such reward request.", code="reward_unknown") from unknown


def is_done(request: RewardRequest) -> bool:
    """Whether its answer was served, or nothing of it is being judged any more."""
    run = request.run
    return request.done_at is not None or run is None or run.job is None or run.job.state not in OPEN_JOBS


def answer(request: RewardRequest) -> dict[str, Any]:
    """The document of the contract: as it was served once it was done, before that with what there is so far."""
    items = items_of(request)
    judge = request.judge_version
    done = is_done(request)
    found: list[Any] = [item.result for item in items] if _kept(items) else results(request, items, done=done)
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
        "results": found,
        "usage": usage(request),
    }
    if request.shape == "steps":
        whole["trajectories"] = trajectories(request, items, found)
    return whole


def items_of(request: RewardRequest) -> list[RewardItem]:
    """The items of a request in its order."""
    found = RewardItem.objects.filter(request=request).select_related(
        "version__rubric", "profile", "subject", "request"
    )
    return list(found.order_by("index"))


def places(request: RewardRequest) -> dict[str, int]:
    """The index of each item's answer in the run that judged it."""
    indexes = {
        (subject, version): index
        for index, subject, version in RunItem.objects.filter(run=request.run).values_list(
            "index", "subject_id", "version_id"
        )
    }
    rows = RewardItem.objects.filter(request=request).values_list("external_id", "subject_id", "version_id")
    return {name: indexes[subject, version] for name, subject, version in rows}


def usage(request: RewardRequest) -> dict[str, Any]:
    """Tokens, calls, new verdicts and seconds at the engine."""
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


def _kept(items: list[RewardItem]) -> bool:
    return all(item.result is not None for item in items)


def _rubric(request: RewardRequest, items: list[RewardItem]) -> dict[str, Any]:
    versions = {item.version_id: item.version for item in items}
    if len(versions) != 1:
        return {"ref": request.rubric_ref, "slug": None, "version": None, "digest": None}
    (version,) = versions.values()
    return {"slug": version.rubric.slug, "version": version.number, "digest": judge_queries.digest_of(version)}


def results(request: RewardRequest, items: list[RewardItem], *, done: bool) -> list[dict[str, Any]]:
    """The result of each item as the stored verdicts say now."""
    run_items = {
        (item.subject_id, item.version_id): item
        for item in RunItem.objects.filter(run=request.run).select_related(*judge_queries.RELATED)
    }
    curves = judge_queries.curves_of(request.run.calibrations.all()) if request.run else {}
    found: list[dict[str, Any]] = [{} for _ in items]
    for profile_id in {item.profile_id for item in items}:
        chosen = [(place, item) for place, item in enumerate(items) if item.profile_id == profile_id]
        wanted = [run_items[item.subject_id, item.version_id] for _, item in chosen]
        judged = judge_queries.results(wanted, profile=chosen[0][1].profile, curves=curves)
        for (place, item), result in zip(chosen, judged, strict=True):
            found[place] = _result(item, result, done=done)
    return found


def _result(item: RewardItem, result: judge_queries.Result, *, done: bool) -> dict[str, Any]:
    score = result.score
    status = result.status if score else ("judge_error" if done else PENDING)
    return {
        "id": item.external_id,
        "status": status,
        "reward": score.raw if score and status in SCORED else None,
        "display": score.display if score and status in SCORED else None,
        "coverage": score.coverage if score else 0.0,
        "cached": result.cached,
        "rubric": str(item.version),
        "prompt_id": result.item.subject.prompt.extensions.get("prompt_id"),
        "group": item.group or None,
        "criteria": {found.criterion.id: _criterion(found) for found in result.criteria},
        "trace": [dict(step) for step in score.trace] if score else [],
    }


def _criterion(found: judge_queries.CriterionResult) -> dict[str, Any]:
    values = judge_queries.verdict_values(found)
    return {name: values.get(name) for name in ("status", "value", "probability", "label_mass", "contribution")}
