"""Audits that were run: lists, one, the newest of each kind."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from apps.accounts.permissions import Actor
from apps.audit.models import Audit
from apps.jobs.models import JobState
from domain import audits, errors

NEAR = 1e-9


def list_audits(actor: Actor, *, kind: str = "", dataset: str = "") -> QuerySet[Audit]:
    """The audits of the workspace, newest first."""
    rows = Audit.objects.filter(workspace=actor.workspace)
    if kind:
        rows = rows.filter(kind=kind)
    if dataset:
        rows = rows.filter(dataset__slug=dataset)
    related = ("version__rubric", "judge_version__judge", "dataset", "created_by", "job", "again_of")
    return rows.select_related(*related).order_by("-created_at", "-pk")


def get_audit(actor: Actor, key: Any) -> Audit:
    """An audit of the actor's workspace."""
    try:
        found = list_audits(actor).filter(pk=key).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise errors.NotFound("There is no such audit here.", code="audit_unknown")
    return found


def state_of(audit: Audit) -> str:
    """Where it stands: queued, running, done, refused (the inputs do not do), failed or cancelled."""
    if audit.done_at is not None:
        return "done" if audit.result is not None else "refused"
    return str(audit.job.state) if audit.job else str(JobState.QUEUED)


def newest(about: str, keys: Sequence[int]) -> QuerySet[Audit]:
    """The newest finding of each kind about each version or judge; `about` is the field that names it."""
    rows = Audit.objects.filter(done_at__isnull=False, result__isnull=False, **{f"{about}__in": keys})
    return rows.order_by(about, "kind", "-created_at", "-pk").distinct(about, "kind")


def readings(keys: Iterable[Any]) -> dict[Any, str]:
    """By key what findings say, and nothing else of them."""
    return dict(Audit.objects.filter(pk__in=list(keys)).values_list("pk", "result__reading"))


def repeats(audit: Audit) -> list[Audit]:
    """The times that it was run again, newest first."""
    return list(audit.repeats.select_related("created_by").order_by("-created_at"))


def agreement_of(before: Audit, after: Audit) -> str:
    """Whether a repeated audit agrees with the one before: same, or what is not the same.

    Figures may differ in the ninth digit, where another machine adds in another order.
    """
    if before.number != after.number:
        return "audit"
    if before.digest != after.digest:
        return "inputs"
    return "same" if _alike(before.result, after.result) else "differs"


def figures_of(audit: Audit) -> list[dict[str, Any]]:
    """The figures of a finding; the first is its headline."""
    return list(audit.result["figures"]) if audit.result else []


def interval_of(audit: Audit) -> list[float] | None:
    """The interval of the headline, where it has one."""
    first = next(iter(figures_of(audit)), None)
    if first is None or first["low"] is None or first["high"] is None:
        return None
    return [first["low"], first["high"]]


def entry_of(audit: Audit) -> audits.Audit | None:
    """The audit as the registry has it now; None for a kind that is no more."""
    return audits.AUDITS.get(audit.kind)


def _alike(one: Any, two: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(_alike(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(_alike(a, b) for a, b in zip(one, two, strict=True))
    if isinstance(one, float) or isinstance(two, float):
        return one is not None and two is not None and math.isclose(one, two, rel_tol=NEAR, abs_tol=NEAR)
    return bool(one == two)
