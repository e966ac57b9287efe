"""Runs audits: small ones at once, large ones by a worker."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.audit import permissions, queries, runners
from apps.audit.models import Audit, Plan
from apps.history import services as history
from apps.jobs import services as jobs
from apps.jobs.models import Job
from domain import audits, errors
from domain.audits import registry

AUDIT, ALL = "audit", "audit-all"
AT_ONCE = 4_000
MOST_SEED = registry.MOST_SEED


def run_audit(
    *, by: Actor, kind: str, inputs: Mapping[str, Any], params: Mapping[str, Any] | None = None, seed: int = 0,
    again_of: Audit | None = None, plan: Plan | None = None, at_once: bool | None = None,
) -> Audit:  # fmt: skip
    """Run an audit on what the inputs name.

    Up to `AT_ONCE` scores it is done when this returns, and what it refuses is raised and not stored; more of them
    are left to a worker. Raises Invalid for a kind, parameters, a seed or inputs that do not do.
    """
    permissions.check_may_audit(by)
    with errors.at("/kind"):
        entry = audits.entry(kind)
    chosen = audits.settled(entry.params, params or {})
    if not 0 <= seed <= MOST_SEED:
        said = "A seed is a whole number from 0."
        raise errors.Invalid(said, code="audit_params_invalid", problems=[errors.Problem("/seed", said)])
    named = queries.read_inputs(by, inputs)
    size = queries.size_of(named)
    if size > queries.MOST_ANSWERS * len(named.sources):
        raise errors.Invalid(f"An audit reads at most {queries.MOST_ANSWERS:,} scores of a scorer.", code="audit_large")
    audit = runners.begun(by, named, kind, seed)
    audit.params, audit.again_of, audit.plan = chosen, again_of, plan
    if size <= AT_ONCE if at_once is None else at_once:
        runners.fill(audit, queries.gather(named, entry.needs))
        audit.done_at = timezone.now()
    with transaction.atomic():
        if audit.done_at is None:
            audit.job = jobs.create_job(
                by=by, workspace=by.workspace, kind=AUDIT, shards=[{}], title=f"Audit: {entry.title}",
                params={"audit": str(audit.pk)},
            )  # fmt: skip
        audit.save(force_insert=True)
        done = audit.done_at is not None
        history.record(
            by=by, workspace=by.workspace, action="audit.done" if done else "audit.asked", target=audit,
            detail=runners.recorded(audit) | {"sources": len(named.sources)},
        )  # fmt: skip
    return audit


def run_all(*, by: Actor, inputs: Mapping[str, Any], seed: int = 0) -> Job:
    """Have a worker run every audit that the inputs allow, each with its usual parameters."""
    permissions.check_may_audit(by)
    named = queries.read_inputs(by, inputs)
    with transaction.atomic():
        job = jobs.create_job(
            by=by, workspace=by.workspace, kind=ALL, shards=[{}], title=f"Audits: {named.sources[0].name}"[:200],
            params={"inputs": named.plain(), "seed": seed},
        )  # fmt: skip
        history.record(
            by=by, workspace=by.workspace, action="audit.all_asked", target=job, detail={"sources": len(named.sources)}
        )
    return job


def run_again(*, by: Actor, audit: Audit) -> Audit:
    """Run the same audit on the same sources, as they are now; the new one says whether it agrees."""
    permissions.check_may_audit(by)
    if audit.workspace_id != by.workspace.pk:
        raise errors.NotFound("There is no such audit here.", code="audit_unknown")
    if audit.done_at is None:
        raise errors.Conflict("This audit is still to be done; it can be run again afterwards.", code="audit_under_way")
    return run_audit(by=by, kind=audit.kind, inputs=audit.inputs, params=audit.params, seed=audit.seed, again_of=audit)
