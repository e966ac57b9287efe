"""Requests for rewards: checked whole, stored whole, judged by a run; the answer is read from its verdicts."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as dataset_services
from apps.datasets.models import Subject
from apps.history import services as history
from apps.judging import services as judging
from apps.judging.models import Run, RunItem
from apps.training import queries
from apps.training.bodies import (
    GroupRewardBody,
    Mode,
    RewardBody,
    RewardItemBody,
    StepRewardBody,
    messages_of,
    parts_of,
)
from apps.training.models import RewardItem, RewardRequest
from apps.training.services import guarding, naming, pairing, reusing, storing
from apps.training.services.naming import Named
from domain import errors

OK = "ok"
WORTH_GATHERING = 32
REWARD_PRIORITY = 10
LATER_PRIORITY = 8


class KeyReused(errors.Invalid):
    """The same Idempotency-Key with another body."""

    default_code = "idempotency_key_reused"


def request_rewards(
    *, by: Actor, body: RewardBody, idempotency_key: str | None = None, digest: str = ""
) -> RewardRequest:
    """Store a batch and have judged what is not known; the same key, or content under way, gives the first one back."""
    by.require(Role.AUTHOR, "ask for rewards")
    known = _known(by, idempotency_key, digest)
    if known is not None:
        return known
    named = naming.named(by, body)
    try:
        with transaction.atomic():
            request = _create(by, body, named, idempotency_key, digest)
            history.count_pull(by=by, kind="rewards", ref=request.rubric_ref, items=len(body.items))
    except IntegrityError:
        raced = _known(by, idempotency_key, digest)
        if raced is None:
            raise
        return raced
    return request


def try_out(*, by: Actor, body: RewardBody) -> dict[str, Any]:
    """What a request would be judged under, and what of it is known already; nothing is stored and nothing judged."""
    by.require(Role.AUTHOR, "ask for rewards")
    named = naming.named(by, body)
    with transaction.atomic():
        subjects = _store(by, body.items)
        found = queries.rehearsal(body, named, subjects, reusing.keys_of(named, subjects))
        transaction.set_rollback(True)
    return found


def serve(request: RewardRequest, *, brief: bool = False) -> dict[str, Any]:
    """The answer; once all is judged it is written down, and no retry or later run changes what was served.

    `brief` is for a caller who waits: as long as something is judged, the answer does not say how far.
    """
    items = queries.items_of(request)
    done = queries.is_done(request)
    if request.done_at is None and done:
        left = [item for item in items if item.result is None]
        for item, result in zip(left, queries.results(request, left, done=True), strict=True):
            item.result = result
        if not _keep(request, left):
            items = queries.items_of(request)
    return queries.answer(request, items, done=done, brief=brief)


def worth_gathering(request: RewardRequest) -> bool:
    """Whether a request is so large that its rewards are written down as they come."""
    return RewardItem.objects.filter(request=request, result__isnull=True).count() >= 2 * WORTH_GATHERING


@transaction.atomic
def gather(request_id: Any) -> int:
    """Write down the rewards of a request that no retry can change, while the rest is judged; how many there were.

    So the end of a large batch has little left to do. What is few is left to it.
    """
    rows = RewardRequest.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    request = rows.select_related(*queries.REQUESTED).filter(pk=request_id, done_at=None).first()
    found = queries.ready(request) if request is not None else []
    if request is None or len(found) < WORTH_GATHERING:
        return 0
    whole = []
    for item, result in zip(found, queries.results(request, found, done=False), strict=True):
        if result["status"] == OK:
            item.result = result
            whole.append(item)
    storing.keep_results(whole)
    return len(whole)


@transaction.atomic
def _keep(request: RewardRequest, items: list[RewardItem]) -> bool:
    """The first of those who ask at the same time writes, the others find it written (False)."""
    held = RewardRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if held.done_at is None:
        storing.keep_results(items)
        held.done_at = timezone.now()
        held.save(update_fields=["done_at"])
        request.done_at = held.done_at
        return True
    request.done_at = held.done_at
    return False


def _known(by: Actor, key: str | None, digest: str) -> RewardRequest | None:
    """The request that came before under this key; without a key one of the same content that is not answered yet."""
    if by.token is None:
        return None
    mine = RewardRequest.objects.filter(workspace=by.workspace, token=by.token)
    if key is None:
        return mine.filter(idempotency_key=None, body_digest=digest, done_at=None).first() if digest else None
    found = mine.filter(idempotency_key=key).first()
    if found is not None and found.body_digest != digest:
        raise KeyReused("This Idempotency-Key was used before for another request.")
    return found


def _create(by: Actor, body: RewardBody, named: Named, key: str | None, digest: str) -> RewardRequest:
    request = RewardRequest.objects.create(
        workspace=by.workspace, token=by.token, training_run=named.training_run, pin=named.pin,
        judge_version=named.judge, rubric_ref=named.ref, idempotency_key=key, body_digest=digest,
        deadline=named.deadline, step=body.step, **_shape(body),
    )  # fmt: skip
    subjects = _store(by, body.items)
    items = _items(request, body.items, named, subjects)
    _count(request, items)
    if pairing.wanted(body):
        request.run = pairing.start(by, request, body, items, named)
    else:
        _reuse(request, items, body.items, reusing.keys_of(named, subjects))
        _judge(by, request, [item for item in items if item.result is None], named, body.mode)
    guarding.start(by, request, items, named)
    request.save(update_fields=["run", "shadow", "done_at", "options"])
    storing.create_items(items)
    if request.done_at is not None:
        request.made_items = items
    return request


def _shape(body: RewardBody) -> dict[str, Any]:
    """What the answer holds beside the rewards."""
    options: dict[str, Any] = {"mode": body.mode.value} if body.mode is not Mode.WAIT else {}
    if isinstance(body, StepRewardBody):
        return {"shape": "steps", "stepwise": body.stepwise.model_dump(mode="json"), "options": options}
    if isinstance(body, GroupRewardBody):
        compare = body.compare.model_dump(mode="json") if body.compare else None
        return {"shape": "groups", "options": options | {"compare": compare, "guidance_below": body.guidance_below}}
    return {"options": options}


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


def _items(
    request: RewardRequest, items: list[RewardItemBody], named: Named, subjects: Sequence[Subject]
) -> list[RewardItem]:
    rows = zip(items, named.versions, subjects, named.profiles, strict=True)
    return [
        RewardItem(
            request=request, index=index, external_id=item.id, subject=subject, version=version, profile=profile,
            group=item.group or "", step=item.step, off_policy=item.off_policy,
        )
        for index, (item, version, subject, profile) in enumerate(rows)
    ]  # fmt: skip


def _count(request: RewardRequest, items: Sequence[RewardItem]) -> None:
    """How often the training run has sent each answer, where it discounts what it has seen."""
    run = request.training_run
    if run is None or run.novelty_beta is None:
        return
    before = storing.count_seen(run.pk, [item.subject_id for item in items])
    for item in items:
        before[item.subject_id] += 1
        item.seen = before[item.subject_id]


def _reuse(
    request: RewardRequest, items: Sequence[RewardItem], sent: Sequence[RewardItemBody], keys: Sequence[Any]
) -> None:
    """Give items what was served under the same key before, also where nobody has asked for that answer yet."""
    for unread in reusing.unread(request, keys):
        serve(unread)
    known = reusing.served(keys)
    dress = queries.dressing(request, [item for item, key in zip(items, keys, strict=True) if key in known])
    for item, body, key in zip(items, sent, keys, strict=True):
        if key in known:
            result, item.run_item_id = known[key]
            own = {"cached": True, "prompt_id": body.prompt_id}
            item.cached, item.result = True, dress(item, queries.undressed(result) | own)
        else:
            item.score_key = key


def _judge(by: Actor, request: RewardRequest, left: Sequence[RewardItem], named: Named, mode: Mode) -> None:
    """Have judged what nobody judges yet; with nothing left the request is done."""
    if not left:
        request.done_at = timezone.now()
        return
    reusing.lock(by.workspace.pk)
    places = reusing.under_way(request, left)
    pairs = {
        (item.version_id, item.subject_id): (item.version, item.subject)
        for item in left
        if (item.version_id, item.subject_id) not in places
    }
    if pairs:
        guarding.check_room(by.workspace, len(pairs))
        request.run = _start(by, list(pairs.values()), named, mode)
        rows = RunItem.objects.filter(run=request.run).values_list("version_id", "subject_id", "pk")
        places |= {(version, subject): key for version, subject, key in rows}
    for item in left:
        item.run_item_id = places[item.version_id, item.subject_id]


def _start(by: Actor, pairs: list[Any], named: Named, mode: Mode) -> Run:
    later = mode is Mode.CACHED
    run = judging.start_run(
        by=by, workspace=by.workspace, name=f"Rewards for {len(pairs)} answers", pairs=pairs, judges=[named.judge],
        deadline=named.deadline, purpose=Run.Purpose.REWARD, allow_draft=True, newest_first=later,
        priority=LATER_PRIORITY if later else REWARD_PRIORITY,
    )  # fmt: skip
    run.calibrations.set(named.calibrations)
    return run
