"""What is known of training runs: pins, telemetry, the rewards they got."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, QuerySet

from apps.accounts.permissions import Actor
from apps.training.models import Pin, RewardRequest, TelemetryPoint, TrainingRun
from domain import errors

SHOWN = ("created_by", "shadow_judge__judge", "canary_dataset")


def training_runs(actor: Actor) -> QuerySet[TrainingRun]:
    """The workspace's training runs, newest first."""
    found = TrainingRun.objects.filter(workspace=actor.workspace).select_related("created_by")
    return found.annotate(requests_n=Count("requests", distinct=True), last_at=Max("requests__created_at")).order_by(
        "-created_at"
    )


def get_training_run(actor: Actor, run_id: Any) -> TrainingRun:
    """A training run of the actor's workspace."""
    try:
        return TrainingRun.objects.select_related(*SHOWN).get(pk=run_id, workspace=actor.workspace)
    except (TrainingRun.DoesNotExist, ValidationError, ValueError) as unknown:
        raise errors.NotFound("There is no such training run.", code="training_run_unknown") from unknown


def current_pin(run: TrainingRun) -> Pin:
    """What a run is pinned to now."""
    return run.pins.select_related("release", "version__rubric", "judge_version__judge").order_by("-number")[0]


def pins_of(runs: Sequence[TrainingRun]) -> dict[Any, Pin]:
    """What each of some runs is pinned to now."""
    rows = Pin.objects.filter(training_run__in=runs).select_related(
        "release", "version__rubric", "judge_version__judge"
    )
    return {pin.training_run_id: pin for pin in rows.order_by("training_run", "-number").distinct("training_run")}


def telemetry(run: TrainingRun) -> dict[str, list[tuple[int, float]]]:
    """Each reported number as (step, value) by step."""
    curves: dict[str, list[tuple[int, float]]] = {}
    rows = TelemetryPoint.objects.filter(training_run=run).order_by("name", "step")
    for name, step, value in rows.values_list("name", "step", "value"):
        curves.setdefault(name, []).append((step, value))
    return curves


def requests_of(run: TrainingRun) -> QuerySet[RewardRequest]:
    """The reward requests under a training run, newest first."""
    found = RewardRequest.objects.filter(training_run=run).select_related("run__job", "token")
    return found.annotate(size=Count("items")).order_by("-created_at")


def settings_of(run: TrainingRun, pin: Pin) -> dict[str, Any]:
    """How the rewards of a run are made, what guards it, and what is kept."""
    shadow, canaries = run.shadow_judge, run.canary_dataset
    return {
        "parts": pin.parts or None,
        "novelty_beta": run.novelty_beta,
        "shadow": {"judge": str(shadow), "share": run.shadow_share} if shadow else None,
        "canaries": {"dataset": canaries.slug, "every": run.canary_every} if canaries else None,
        "keep_rollouts": run.keep_rollouts,
        "retention_days": run.retention_days,
        "consent": run.consent,
    }


def report(run: TrainingRun) -> dict[str, Any]:
    """A training run as REST shows it."""
    pin = current_pin(run)
    return {
        "id": str(run.pk),
        "name": run.name,
        "state": run.state,
        "policy_model": run.policy_model,
        "pin": {
            "number": pin.number,
            "release": pin.release.name if pin.release else None,
            "rubric": str(pin.version) if pin.version else None,
            "digest": pin.digest,
            "judge": {
                "name": pin.judge_version.judge.name,
                "version": pin.judge_version.number,
                "fingerprint": pin.fingerprint,
            },
        },
        "settings": settings_of(run, pin),
        "telemetry": {name: [{"step": s, "value": v} for s, v in curve] for name, curve in telemetry(run).items()},
        "requests": RewardRequest.objects.filter(training_run=run).count(),
    }
