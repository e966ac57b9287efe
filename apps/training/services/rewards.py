"""Requests for rewards: checked whole, stored whole, judged by a run; the answer is read from its verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import IntegrityError, transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as dataset_services
from apps.datasets.models import Subject
from apps.history import services as history
from apps.judging import queries as judge_queries
from apps.judging import services as judging
from apps.judging.models import JudgeVersion, Run
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import Profile, RubricVersion, VersionStatus
from apps.training import queries
from apps.training.bodies import RewardBody, RewardItemBody, messages_of, parts_of
from apps.training.models import Pin, RewardItem, RewardRequest, TrainingRun
from domain import errors

REWARD_PRIORITY = 10


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
        version = bound.get(item.prompt_id or "") or general
        if version is None:
            what = (
                f"has no rubric for the prompt {item.prompt_id}"
                if item.prompt_id
                else "needs a prompt_id to find the rubric"
            )
            raise _at(index, "prompt_id", f"{ref} {what}", family=errors.NotFound if item.prompt_id else errors.Invalid)
        return version

    def _resolve(self, ref: str, index: int | None) -> tuple[RubricVersion | None, Mapping[str, RubricVersion]]:
        with errors.at("/rubric" if index is None else f"/items/{index}/rubric"):
            if ref.startswith("release:"):
                release = queries.get_release(self.by, ref.removeprefix("release:"))
                return queries.versions_by_prompt(release)
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
    judge = _judge(by, body, pin)
    rubrics = _Rubrics(by, pin, _default_ref(body, pin))
    versions = [rubrics.of(item, index) for index, item in enumerate(body.items)]
    _check_served(by, versions, body.allow_draft, pinned=pin is not None)
    profiles = _profiles(body.items, versions)
    try:
        with transaction.atomic():
            request = RewardRequest.objects.create(
                workspace=by.workspace, token=by.token, training_run=training_run, judge_version=judge,
                rubric_ref=rubrics.default or "per item", idempotency_key=idempotency_key, body_digest=digest,
                deadline=body.deadline, step=body.step,
            )  # fmt: skip
            subjects = _store(by, body.items)
            request.run = _start(by, versions, subjects, judge, body.deadline)
            request.save(update_fields=["run"])
            _store_items(request, body.items, versions, subjects, profiles)
            history.count_pull(by=by, kind="rewards", ref=request.rubric_ref, items=len(body.items))
    except IntegrityError:
        raced = _known(by, idempotency_key, digest)
        if raced is None:
            raise
        return raced
    return request


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


def _judge(by: Actor, body: RewardBody, pin: Pin | None) -> JudgeVersion:
    with errors.at("/judge"):
        named = judge_queries.judge_by_ref(by, body.judge) if pin is None or body.judge is not None else None
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
    pinned = f"release:{pin.release.name}" if pin.release else pin.digest
    named = body.rubric
    if named is not None and named not in {pinned, pin.digest, str(pin.version) if pin.version else pinned}:
        raise errors.Conflict(f"The training run is pinned to {pinned}; re-pin it to use {named}.", code="pinned")
    return pinned


def _check_served(by: Actor, versions: list[RubricVersion], allow_draft: bool, *, pinned: bool) -> None:
    allowed = allow_draft and (by.scopes is None or "rubrics:write" in by.scopes)
    for version in {version.pk: version for version in versions}.values():
        if version.status == VersionStatus.APPROVED or allowed:
            continue
        if version.status == VersionStatus.RETIRED and version.approved_at is not None and pinned:
            continue
        raise NotServed(
            f"{version} is {version.get_status_display()}, not approved, so it is not served as a reward.",
            details={"version": str(version), "status": version.status},
        )


def _profiles(items: list[RewardItemBody], versions: list[RubricVersion]) -> list[Profile | None]:
    found: list[Profile | None] = []
    for index, (item, version) in enumerate(zip(items, versions, strict=True)):
        if item.profile is None:
            found.append(None)
            continue
        name, _, number = item.profile.partition("@")
        rows = Profile.objects.filter(rubric=version.rubric_id, name=name)
        chosen = (rows.filter(number=int(number)) if number.isdigit() else rows).order_by("-number").first()
        if chosen is None:
            raise _at(index, "profile", f"{version.rubric.slug} has no profile {item.profile}", family=errors.NotFound)
        found.append(chosen)
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
    index: int, name: str, message: str, *, family: type[errors.StudioError] = errors.Invalid
) -> errors.StudioError:
    details: dict[str, Any] = {"item": index, "pointer": f"/items/{index}/{name}"}
    return family(f"Item {index}: {message.rstrip('.')}.", details=details)
