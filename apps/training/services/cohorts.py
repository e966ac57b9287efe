"""Cohorts: rollouts that are posted one by one wait for each other, and are then asked about as one group."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts import queries as accounts
from apps.accounts.permissions import Actor, Role, scopes_of
from apps.training import bodies, queries
from apps.training.bodies import CohortRewardBody, GroupRewardBody
from apps.training.models import Cohort, CohortMember
from apps.training.services import naming, rewards
from domain import errors
from domain import rubric as rubrics

OWN = {"items", "cohort", "wait"}
AT_ONCE = 100
HELD = ("by", "workspace", "token")


def join_cohort(*, by: Actor, body: CohortRewardBody, idempotency_key: str | None = None) -> CohortMember:
    """Add a rollout to the open cohort of its key; the one that fills it, or comes too late, has all asked about."""
    by.require(Role.AUTHOR, "ask for rewards")
    naming.named(by, body)
    common = body.model_dump(mode="json", exclude=OWN)
    item = body.items[0].model_dump(mode="json")
    key = rubrics.sha256({"cohort": body.cohort.model_dump(mode="json"), "by": by.user.pk, "common": _plain(common)})
    with transaction.atomic():
        cohort = _open(by, key, body, common)
        if idempotency_key is not None:
            known = CohortMember.objects.filter(
                cohort__workspace=by.workspace, cohort__by=by.user, idempotency_key=idempotency_key
            ).first()
            if known is not None:
                return known
        place = cohort.members.count()
        member = CohortMember.objects.create(
            cohort=cohort, place=place, external_id=body.items[0].id, item=item, idempotency_key=idempotency_key
        )
        if place + 1 >= cohort.size:
            _close(by, cohort)
    return member


def look_at(member: CohortMember) -> CohortMember:
    """The member with its cohort as it is now; a cohort whose time is over is closed by whoever looks first."""
    cohort = Cohort.objects.get(pk=member.cohort_id)
    if cohort.closed_at is None and cohort.closes_at <= timezone.now():
        close_late(cohort)
    return CohortMember.objects.select_related("cohort").get(pk=member.pk)


def close_late(cohort: Cohort) -> None:
    """Ask about the members that came in time; where there is no room now, a later look tries again."""
    with transaction.atomic():
        held = Cohort.objects.select_for_update(of=("self",)).select_related(*HELD).get(pk=cohort.pk)
        if held.closed_at is not None:
            return
        try:
            with transaction.atomic():
                _close(_actor(held), held)
        except errors.Unavailable:
            return
        except errors.StudioError as refused:
            held.failed = {"code": refused.code, "message": refused.message}
            held.closed_at = timezone.now()
            held.save(update_fields=["failed", "closed_at"])
            held.members.update(item={})


def sweep() -> int:
    """Close cohorts whose time is over and whose callers have gone."""
    late = Cohort.objects.filter(closed_at=None, closes_at__lte=timezone.now())[:AT_ONCE]
    for cohort in late:
        close_late(cohort)
    return len(late)


def serve_member(member: CohortMember) -> dict[str, Any]:
    """The answer for one member: its own result, the figures of its group, and how far the cohort is."""
    cohort = Cohort.objects.select_related("request").get(pk=member.cohort_id)
    come = cohort.members.count()
    state = {
        "size": cohort.size,
        "members": come,
        "closes_at": cohort.closes_at,
        "closed": cohort.closed_at is not None,
    }
    told: dict[str, Any] = {"id": str(member.pk), "cohort": state}
    if cohort.failed is not None:
        return told | {"status": "done", "results": [], "groups": [], "refused": cohort.failed}
    if cohort.request_id is None:
        return told | {"status": "pending", "results": [], "groups": []}
    answer = rewards.serve(queries.request_by_key(cohort.request_id))
    ids = dict(cohort.members.values_list("place", "external_id"))
    own = next(result for result in answer["results"] if result["id"] == str(member.place))
    groups = [
        {**group, "ids": [ids[int(name)] for name in group["ids"]],
         "best": ids[int(group["best"])] if group["best"] is not None else None}
        for group in answer["groups"]
    ]  # fmt: skip
    return {**answer, **told, "request": answer["id"], "results": [{**own, "id": member.external_id}], "groups": groups}


def _open(by: Actor, key: str, body: CohortRewardBody, common: dict[str, Any]) -> Cohort:
    """The open cohort of a key, held; one whose time is over is closed and followed by a new one."""
    for _ in range(3):
        rows = Cohort.objects.select_for_update().filter(workspace=by.workspace, key=key, closed_at=None)
        found = rows.first()
        if found is not None and found.closes_at > timezone.now():
            return found
        if found is not None:
            close_late(found)
            found.refresh_from_db()
            if found.closed_at is None:
                return found
        try:
            with transaction.atomic():
                return Cohort.objects.create(
                    workspace=by.workspace, token=by.token, by=by.user, key=key, size=body.cohort.size, body=common,
                    closes_at=timezone.now() + timedelta(seconds=body.cohort.timeout),
                )  # fmt: skip
        except IntegrityError:
            continue
    raise errors.Unavailable("Others are opening the same cohort; send it again.", code="cohort_busy")


def _close(by: Actor, cohort: Cohort) -> None:
    """Ask about all members as one group."""
    members = list(cohort.members.order_by("place"))
    items = [{**member.item, "id": str(member.place), "group": str(cohort.pk)} for member in members]
    body = bodies.read(GroupRewardBody, {**cohort.body, "items": items})
    cohort.request = rewards.request_rewards(by=by, body=body)
    cohort.closed_at = timezone.now()
    cohort.save(update_fields=["request", "closed_at"])
    cohort.members.update(item={})


def _actor(cohort: Cohort) -> Actor:
    """Who opened it, as far as they may today."""
    now = accounts.actor_for(cohort.by, cohort.workspace.slug)
    token = cohort.token
    scopes = frozenset(token.scopes) & scopes_of(now.role) if token else None
    return Actor(user=now.user, workspace=now.workspace, role=now.role, scopes=scopes, token=token)


def _plain(common: dict[str, Any]) -> dict[str, Any]:
    """The common part with numbers as text, which no form of JSON reads otherwise."""
    return {name: str(value) if isinstance(value, int | float) else value for name, value in common.items()}
