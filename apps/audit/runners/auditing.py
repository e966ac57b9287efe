"""Runs one audit: reads its inputs, asks the pure function, keeps what it found."""

import hashlib
import time
from typing import Any

import rfc8785
from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.audit import queries
from apps.audit.models import Audit
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from domain import audits, errors
from domain.audits import Holds, Need


def audit_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Run the audit of a job; running it twice keeps the first finding."""
    audit = Audit.objects.select_related("workspace", "created_by", "again_of").get(job=shard.job_id)
    if audit.done_at is not None:
        return {"audits": 1}
    actor = Actor(user=audit.created_by, workspace=audit.workspace, role=Role.AUTHOR)
    try:
        fill(audit, queries.gather(queries.read_inputs(actor, audit.inputs), audits.entry(audit.kind).needs))
    except errors.Unavailable:
        raise
    except errors.StudioError as refused:
        audit.reason = refused.message[:1000]
        _keep(audit, lease)
        raise
    _keep(audit, lease)
    return {"audits": 1}


def all_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Run every audit that the inputs of a job allow, from one reading of them; running it twice keeps the first."""
    job = shard.job
    assert job.created_by is not None
    actor = Actor(user=job.created_by, workspace=job.workspace, role=Role.AUTHOR)
    named = queries.read_inputs(actor, job.params["inputs"])
    gathered = queries.gather(named, Need)
    lacking = audits.possible(gathered.inputs)
    made = [_try(actor, named, gathered, kind, job.params["seed"]) for kind, said in lacking.items() if not said]
    done = [audit for audit in made if audit is not None]
    with transaction.atomic():
        lease.guard()
        for audit in done:
            audit.done_at = timezone.now()
            audit.save(force_insert=True)
            history.record(by=actor, workspace=job.workspace, action="audit.done", target=audit, detail=recorded(audit))
    return {"audits": len(done), "lacking": len(lacking) - len(done)}


def begun(actor: Actor, named: queries.Named, kind: str, seed: int) -> Audit:
    """An audit that is not stored yet, with the usual parameters."""
    entry, about = audits.entry(kind), named.subject
    return Audit(
        workspace=actor.workspace, kind=kind, number=entry.version, inputs=named.plain(), seed=seed,
        params=audits.settled(entry.params, {}), version=about.version if about else None,
        judge_version=about.judge if about else None, dataset=named.dataset, created_by=actor.user,
    )  # fmt: skip


def _try(actor: Actor, named: queries.Named, gathered: queries.Gathered, kind: str, seed: int) -> Audit | None:
    """One of all audits; none where too little is left of its inputs to say anything."""
    audit = begun(actor, named, kind, seed)
    try:
        fill(audit, gathered)
    except errors.Invalid:
        return None
    return audit


def fill(audit: Audit, gathered: queries.Gathered) -> None:
    """Put the finding on an audit that is not stored as done yet. Raises Invalid where the inputs do not do."""
    begun = time.monotonic()
    entry = audits.entry(audit.kind)
    inputs = queries.narrowed(gathered.inputs, entry.needs)
    finding = audits.run(audit.kind, inputs, audit.params, seed=audit.seed).plain()
    audit.number = entry.version
    audit.input_digests = queries.digests_of(inputs)
    audit.digest = _digest(audit)
    audit.result = finding
    audit.band = finding["band"]
    audit.places = _places(finding, gathered)
    audit.seconds = round(time.monotonic() - begun, 3)
    if audit.again_of is not None:
        audit.agreement = queries.agreement_of(audit.again_of, audit)


def recorded(audit: Audit) -> dict[str, Any]:
    """What the history keeps of a finding: kind, digests and the headline, no texts."""
    first = next(iter(queries.figures_of(audit)), None)
    return {
        "kind": audit.kind, "digest": audit.digest, "band": audit.band, "seed": audit.seed,
        "headline": None if first is None else {"name": first["name"], "value": first["value"]},
        "agreement": audit.agreement,
    }  # fmt: skip


def _keep(audit: Audit, lease: Lease) -> None:
    with transaction.atomic():
        lease.guard()
        audit.done_at = timezone.now()
        audit.save()
        history.record(
            by=None, workspace=audit.workspace, action="audit.done" if audit.result else "audit.refused", target=audit,
            detail=recorded(audit),
        )  # fmt: skip


def _digest(audit: Audit) -> str:
    form = {
        "kind": audit.kind, "version": audit.number, "inputs": audit.input_digests, "params": audit.params,
        "seed": str(audit.seed),
    }  # fmt: skip
    return f"sha256:{hashlib.sha256(rfc8785.dumps(form)).hexdigest()}"


def _places(finding: dict[str, Any], gathered: queries.Gathered) -> dict[str, Any]:
    """Where the answers and prompts that the finding names can be looked at."""
    named = {one for row in finding["rows"] for one in row if isinstance(one, str)}
    plot = finding["plot"] or {"series": []}
    named |= {one for series in plot["series"] for one in series["ids"]}
    places: dict[str, Any] = {
        "responses": {name: place for name, place in gathered.responses.items() if name in named},
        "prompts": {name: place for name, place in gathered.prompts.items() if name in named},
    }
    pairs, held = gathered.inputs.pairs, {column["holds"] for column in finding["columns"]}
    if pairs is not None and Holds.PAIR.value in held:
        places["pairs"] = {
            name: gathered.responses.get(better) or {"prompt": gathered.prompts[prompt]}
            for name, better, prompt in zip(pairs.ids, pairs.better, pairs.prompts, strict=True)
            if name in named and (better in gathered.responses or prompt in gathered.prompts)
        }
    return places
