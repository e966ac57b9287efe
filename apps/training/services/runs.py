"""Training runs: registered with a pin, re-pinned only explicitly, telling how they go."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.datasets import queries as dataset_queries
from apps.history import services as history
from apps.judging import services as judging
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion, VersionStatus
from apps.training import queries
from apps.training.bodies import TelemetryPointBody, TrainingRunBody
from apps.training.models import Pin, TelemetryPoint, TrainingRun
from apps.training.services import suspending
from domain import errors
from domain.scoring.parts import MOST_NAMES as MOST_PARTS
from domain.scoring.parts import Axis

MOST_NUMBERS = 100_000
MOST_NAMES = 1000


def register_training_run(*, by: Actor, body: TrainingRunBody) -> TrainingRun:
    """Make a handle that is pinned to a release or an approved version, and to a judge."""
    by.require(Role.AUTHOR, "register training runs")
    with transaction.atomic():
        run = TrainingRun.objects.create(
            workspace=by.workspace, name=body.name, config=body.config, policy_model=body.policy_model,
            keep_rollouts=body.keep_rollouts, retention_days=body.retention_days, consent=body.consent,
            created_by=by.user, novelty_beta=body.novelty_beta, **_guards(by, body),
        )  # fmt: skip
        pin = repin(
            by=by, run=run, release=body.release, rubric=body.rubric, judge=body.judge, reason="first pin",
            parts=body.parts,
        )  # fmt: skip
        history.record(
            by=by, workspace=by.workspace, action="training_run.registered", target=run,
            detail={"digest": pin.digest, "fingerprint": pin.fingerprint, "consent": run.consent},
        )  # fmt: skip
    return run


def _guards(by: Actor, body: TrainingRunBody) -> dict[str, Any]:
    """The shadow judge and the canaries of a new run, found in its workspace."""
    found: dict[str, Any] = {}
    if body.shadow is not None:
        with errors.at("/shadow/judge"):
            found |= {
                "shadow_judge": judging.judge_for(by=by, ref=body.shadow.judge, versions=[]),
                "shadow_share": body.shadow.share,
            }
    if body.canaries is not None:
        with errors.at("/canaries/dataset"):
            found |= {
                "canary_dataset": dataset_queries.get_dataset(by, body.canaries.dataset),
                "canary_every": body.canaries.every,
            }
    return found


@transaction.atomic
def repin(
    *, by: Actor, run: TrainingRun, release: str | None, rubric: str | None, judge: str | None, reason: str = "",
    parts: Axis | None = None,
) -> Pin:  # fmt: skip
    """Pin a run to something else from now on; what it was pinned to stays on record.

    Rewards are given in the `parts` that are named, else in those of the pin before where these are not too many.
    """
    by.require(Role.AUTHOR, "pin training runs")
    if (release is None) == (rubric is None):
        raise errors.Invalid(
            "Name either a release or a rubric to pin.", problems=[errors.Problem("/release", "or rubric")]
        )
    if run.state != "open":
        raise errors.Conflict("This training run is closed.", code="training_run_closed")
    TrainingRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    number = run.pins.count() + 1
    if release is not None:
        with errors.at("/release"):
            found = queries.get_release(by, release)
        if queries.deprecation_of(found) is not None:
            raise errors.Conflict(f"The release {release} is deprecated; pin another.", code="deprecated")
        pin, versions = Pin(release=found, digest=found.digest), queries.versions_of(found)
    else:
        with errors.at("/rubric"):
            version = rubric_queries.resolve(by, rubric or "").general
        if version is None or version.status != VersionStatus.APPROVED:
            raise errors.Conflict(f"{rubric} is not an approved version; release a set to pin it.", code="not_approved")
        pin, versions = Pin(version=version, digest=version.digest), [version]
    suspending.check_none_suspended(versions)
    with errors.at("/judge"):
        judged_by = judging.judge_for(by=by, ref=judge, versions=versions)
    pin.training_run, pin.number, pin.judge_version = run, number, judged_by
    pin.fingerprint, pin.by, pin.reason = judged_by.fingerprint, by.user, reason
    split = queries.split_of(versions, parts or _parts_before(run, versions))
    pin.parts = {"axis": split.axis.value, "names": list(split.names)}
    pin.save(force_insert=True)
    if number > 1:
        history.record(
            by=by, workspace=by.workspace, action="training_run.repinned", target=run,
            detail={
                "number": number, "digest": pin.digest, "fingerprint": pin.fingerprint, "parts": split.axis.value,
            },
        )  # fmt: skip
    return pin


def _parts_before(run: TrainingRun, versions: Sequence[RubricVersion]) -> Axis | None:
    """By what rewards of the run were split until now, where that still fits; a first pin has none."""
    last = run.pins.order_by("-number").first()
    split = queries.split_of_pin(last) if last is not None else None
    if split is None or len(queries.split_of(versions, split.axis).names) > MOST_PARTS:
        return None
    return split.axis


def add_telemetry(*, by: Actor, run: TrainingRun, points: Sequence[TelemetryPointBody]) -> int:
    """Store numbers by step; a number sent again for the same step replaces the earlier one."""
    by.require(Role.AUTHOR, "send telemetry")
    rows = {
        (point.step, name): TelemetryPoint(training_run=run, step=point.step, name=name, value=value)
        for point in points
        for name, value in point.values.items()
    }
    if len(rows) > MOST_NUMBERS:
        sentence = f"At most {MOST_NUMBERS:,} numbers are taken at once; these are {len(rows):,}."
        raise errors.Invalid(sentence, problems=[errors.Problem("/points", sentence)])
    names = {name for _, name in rows}
    known = set(TelemetryPoint.objects.filter(training_run=run).values_list("name", flat=True).distinct())
    if len(known | names) > MOST_NAMES:
        sentence = f"A training run has at most {MOST_NAMES} names of numbers; these would be {len(known | names)}."
        raise errors.Invalid(sentence, problems=[errors.Problem("/points", sentence)])
    TelemetryPoint.objects.bulk_create(
        rows.values(), update_conflicts=True, update_fields=["value", "at"],
        unique_fields=["training_run", "name", "step"], batch_size=5000,
    )  # fmt: skip
    return len(rows)


def close_training_run(*, by: Actor, run: TrainingRun) -> TrainingRun:
    """End a run: no more rewards are given under it."""
    by.require(Role.AUTHOR, "close training runs")
    with transaction.atomic():
        if not TrainingRun.objects.filter(pk=run.pk, state="open").update(state="closed", closed_at=timezone.now()):
            raise errors.Conflict("This training run is closed already.", code="training_run_closed")
        history.record(by=by, workspace=by.workspace, action="training_run.closed", target=run)
    run.refresh_from_db()
    return run
