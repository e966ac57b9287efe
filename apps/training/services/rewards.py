"""Requests for rewards: checked whole, stored whole, judged by a run; the answer is read from its verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as dataset_services
from apps.datasets.models import Subject
from apps.history import services as history
from apps.judging import queries as judge_queries
from apps.judging import services as judging
from apps.judging.models import JudgeVersion, Run
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import Profile, RubricVersion, VersionEnd, VersionStatus
from apps.training import queries
from apps.training.bodies import RewardBody, RewardItemBody, StepRewardBody, messages_of, parts_of
from apps.training.models import Pin, ReleaseEntry, RewardItem, RewardRequest, TrainingRun
from domain import errors, pipeline

REWARD_PRIORITY = 10
WRITTEN_AT_ONCE = 200


class NotServed(errors.Conflict):
    """The rubric version may not be served as a reward."""

    default_code = "not_approved"


class Unlicensed(errors.Conflict):
    """The workspace refuses judges without a passed exam."""

    default_code = "judge_unlicensed"


class KeyReused(errors.Invalid):
    """The same Idempotency-Key with another body."""

    default_code = "idempotency_key_reused"


@dataclass
class _Rubrics:
    """Finds the version of each item; every reference is resolved once."""

    by: Actor
    pin: Pin | None
    default: str | None
    _known: dict[str, tuple[RubricVersion | None, Mapping[str, RubricVersion]]] = field(default_factory=dict)

    def of(self, item: RewardItemBody, index: int) -> RubricVersion:
        """The version an item is judged under."""
        ref = item.rubric or self.default
        if ref is None:
            raise _at(index, "rubric", "no rubric is named, neither here nor for the whole request")
        if ref not in self._known:
            self._known[ref] = self._resolve(ref, index if item.rubric else None)
        general, bound = self._known[ref]
        version = bound.get(item.prompt_id) if item.prompt_id and bound else general
        if version is None:
            what = (
                f"has no rubric for the prompt {item.prompt_id}"
                if item.prompt_id
                else "needs a prompt_id to find the rubric"
            )
            raise _at(index, "prompt_id", f"{ref} {what}", family=errors.NotFound if item.prompt_id else errors.Invalid)
        if self.pin is not None and version.pk not in {allowed.pk for allowed in self._pinned}:
            raise _at(
                index, "rubric", f"the training run is pinned to {self.default}; re-pin it to use {ref}",
                family=errors.Conflict, code="pinned",
            )  # fmt: skip
        return version

    @cached_property
    def _pinned(self) -> list[RubricVersion]:
        """The versions that the pin allows."""
        if self.pin is None or self.pin.version is not None:
            return [self.pin.version] if self.pin and self.pin.version else []
        entries = ReleaseEntry.objects.filter(release=self.pin.release).select_related("version__rubric")
        return [entry.version for entry in entries]

    def _resolve(self, ref: str, index: int | None) -> tuple[RubricVersion | None, Mapping[str, RubricVersion]]:
        with errors.at("/rubric" if index is None else f"/items/{index}/rubric"):
            if ref.startswith("release:"):
                release = queries.get_release(self.by, ref.removeprefix("release:"))
                return queries.versions_by_prompt(release)
            pinned = next((version for version in self._pinned if version.digest == ref), None)
            if pinned is not None:
                return pinned, {}
            found = rubric_queries.resolve(self.by, ref)
            return found.general, found.by_prompt or {}


def request_rewards(
    *, by: Actor, body: RewardBody, idempotency_key: str | None = None, digest: str = ""
) -> RewardRequest:
    """Store a batch and have it judged; the same key and body give the first request back."""
    by.require(Role.AUTHOR, "ask for rewards")
    known = _known(by, idempotency_key, digest)
    if known is not None:
        return known
    with errors.at("/training_run"):
        training_run, pin = _training_run(by, body.training_run)
    rubrics = _Rubrics(by, pin, _default_ref(body, pin))
    versions = [rubrics.of(item, index) for index, item in enumerate(body.items)]
    judge = _judge(by, body, pin, versions)
    _check_served(by, versions, body.allow_draft, pinned=pin is not None)
    _check_groups(body.items, versions)
    profiles = _profiles(body.items, versions)
    with errors.at("/calibrations"):
        calibrations = judging.named_calibrations(by=by, digests=body.calibrations)
    try:
        with transaction.atomic():
            request = RewardRequest.objects.create(
                workspace=by.workspace, token=by.token, training_run=training_run, judge_version=judge,
                rubric_ref=rubrics.default or "per item", idempotency_key=idempotency_key, body_digest=digest,
                deadline=body.deadline, step=body.step, **_shape(body),
            )  # fmt: skip
            subjects = _store(by, body.items)
            request.run = _start(by, versions, subjects, judge, body.deadline)
            request.run.calibrations.set(calibrations)
            request.save(update_fields=["run"])
            _store_items(request, body.items, versions, subjects, profiles)
            history.count_pull(by=by, kind="rewards", ref=request.rubric_ref, items=len(body.items))
    except IntegrityError:
        raced = _known(by, idempotency_key, digest)
        if raced is None:
            raise
        return raced
    return request


def _shape(body: RewardBody) -> dict[str, Any]:
    """What the answer holds beside the rewards."""
    if not isinstance(body, StepRewardBody):
        return {}
    return {"shape": "steps", "stepwise": body.stepwise.model_dump(mode="json")}


def serve(request: RewardRequest) -> dict[str, Any]:
    """The answer; once all is judged it is written down, and no retry or later run changes what was served."""
    if request.done_at is None and queries.is_done(request):
        items = queries.items_of(request)
        for item, result in zip(items, queries.results(request, items, done=True), strict=True):
            item.result = result
        _keep(request, items)
        request.refresh_from_db(fields=["done_at"])
    return queries.answer(request)


@transaction.atomic
def _keep(request: RewardRequest, items: list[RewardItem]) -> None:
    """The first of those who ask at the same time writes, the others find it written."""
    RewardRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    unwritten = RewardItem.objects.filter(request=request, result__isnull=True)
    unwritten.bulk_update(items, ["result"], batch_size=WRITTEN_AT_ONCE)
    RewardRequest.objects.filter(pk=request.pk, done_at=None).update(done_at=timezone.now())


def _known(by: Actor, key: str | None, digest: str) -> RewardRequest | None:
    if key is None or by.token is None:
        return None
    found = RewardRequest.objects.filter(workspace=by.workspace, token=by.token, idempotency_key=key).first()
    if found is not None and found.body_digest != digest:
        raise KeyReused("This Idempotency-Key was used before for another request.")
    return found


def _training_run(by: Actor, run_id: str | None) -> tuple[TrainingRun | None, Pin | None]:
    if run_id is None:
        return None, None
    run = queries.get_training_run(by, run_id)
    if run.state != "open":
        raise errors.Conflict("This training run is closed.", code="training_run_closed")
    return run, queries.current_pin(run)


def _judge(by: Actor, body: RewardBody, pin: Pin | None, versions: list[RubricVersion]) -> JudgeVersion:
    asked = pin is None or body.judge is not None
    with errors.at("/judge"):
        named = judging.judge_for(by=by, ref=body.judge, versions=versions) if asked else None
    if pin is None:
        judge = cast("JudgeVersion", named)
    else:
        judge = pin.judge_version
        if named is not None and named.pk != judge.pk:
            raise errors.Conflict(
                f"The training run is pinned to the judge {judge}; re-pin it to use another.", code="pinned"
            )
    if by.workspace.settings.get("unlicensed_judge") == "refuse" and not judge_queries.is_licensed(judge):
        raise Unlicensed(f"{judge} has not passed an exam, and this workspace refuses judges without one.")
    return judge


def _default_ref(body: RewardBody, pin: Pin | None) -> str | None:
    if pin is None:
        return body.rubric
    pinned = f"release:{pin.release.name}" if pin.release else str(pin.version)
    named = body.rubric
    if named is not None and named not in {pinned, pin.digest}:
        raise errors.Conflict(f"The training run is pinned to {pinned}; re-pin it to use {named}.", code="pinned")
    return pinned


def _check_served(by: Actor, versions: list[RubricVersion], allow_draft: bool, *, pinned: bool) -> None:
    allowed = allow_draft and (by.scopes is None or "rubrics:write" in by.scopes)
    for version in {version.pk: version for version in versions}.values():
        if version.status == VersionStatus.APPROVED or allowed:
            continue
        was_approved = version.status == VersionStatus.RETIRED and version.approved_at is not None
        if was_approved and (pinned or version.ended == VersionEnd.SUPERSEDED):
            continue
        raise NotServed(
            f"{version} is {version.get_status_display()}, not approved, so it is not served as a reward.",
            details={"version": str(version), "status": version.status},
        )


def _check_groups(items: list[RewardItemBody], versions: list[RubricVersion]) -> None:
    """Refuse single answers under a rubric that compares the answers of a prompt."""
    for index, (item, version) in enumerate(zip(items, versions, strict=True)):
        if item.group is None and pipeline.compares(version.scoring):
            message = f"{version} compares all answers of a prompt, so say to which group of answers this one belongs"
            raise _at(index, "group", message, code="group_needed")


def _profiles(items: list[RewardItemBody], versions: list[RubricVersion]) -> list[Profile | None]:
    found: list[Profile | None] = []
    for index, (item, version) in enumerate(zip(items, versions, strict=True)):
        if item.profile is None:
            found.append(None)
            continue
        with errors.at(f"/items/{index}/profile"):
            found.append(rubric_queries.profile_of(version, item.profile))
    return found


def _store(by: Actor, items: list[RewardItemBody]) -> list[Subject]:
    rows = [
        dataset_services.RolloutRow(
            messages=messages_of(item.prompt),
            parts=parts_of(item.response),
            reference=parts_of(item.reference) if item.reference is not None else None,
            context=parts_of(item.context) if item.context is not None else None,
            prompt_id=item.prompt_id,
        )
        for item in items
    ]
    return dataset_services.store_rollouts(by.workspace, dataset_services.rollouts_dataset(by.workspace), rows)


def _start(
    by: Actor, versions: list[RubricVersion], subjects: list[Subject], judge: JudgeVersion, deadline: datetime | None
) -> Run:
    pairs = list({(v.pk, s.pk): (v, s) for v, s in zip(versions, subjects, strict=True)}.values())
    return judging.start_run(
        by=by, workspace=by.workspace, name=f"Rewards for {len(subjects)} answers", pairs=pairs, judges=[judge],
        deadline=deadline, purpose=Run.Purpose.REWARD, priority=REWARD_PRIORITY, allow_draft=True,
    )  # fmt: skip


def _store_items(
    request: RewardRequest, items: list[RewardItemBody], versions: list[RubricVersion], subjects: list[Subject],
    profiles: list[Profile | None],
) -> None:  # fmt: skip
    rows = zip(items, versions, subjects, profiles, strict=True)
    RewardItem.objects.bulk_create(
        [
            RewardItem(
                request=request, index=index, external_id=item.id, subject=subject, version=version, profile=profile,
                group=item.group or "", step=item.step,
            )
            for index, (item, version, subject, profile) in enumerate(rows)
        ],
        batch_size=2000,
    )  # fmt: skip


def _at(
    index: int, name: str, message: str, *, family: type[errors.StudioError] = errors.Invalid, code: str | None = None
) -> errors.StudioError:
    details: dict[str, Any] = {"item": index, "pointer": f"/items/{index}/{name}"}
    return family(f"Item {index}: {message.rstrip('.')}.", code=code, details=details)
