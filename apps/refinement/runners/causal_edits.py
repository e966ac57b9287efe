"""What a worker does to have answers edited: put each edit once, read it, keep it or say why it is of no use."""

from typing import Any

from django.db import transaction

from apps.core import gateway, sealing
from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from apps.refinement.models import CausalEdit, CausalSet
from domain import errors, prompts, rubric, subjects
from domain.ports import FailureKind
from domain.probes import causal

_AGAIN = (FailureKind.UNAVAILABLE, FailureKind.TIMEOUT)


def edits_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Some edits of a set; those that were answered are not put again."""
    made = CausalSet.objects.select_related("writer").get(job=shard.job)
    texts = {one.id: one.text for one in rubric.parse(made.said).criteria}
    waiting = made.edits.filter(
        state=CausalEdit.State.WAITING, position__gte=shard.payload["first"], position__lte=shard.payload["last"]
    ).select_related("response__prompt")
    counts = {"asked": 0, "refused": 0}
    for edit in waiting:
        lease.check()
        try:
            _ask(made, edit, texts.get(edit.criterion, ""))
        except errors.Invalid as problem:
            edit.state, edit.reason = CausalEdit.State.REFUSED, problem.message[:300]
        with transaction.atomic():
            lease.guard()
            edit.save(update_fields=["state", "reason", "text", "usage"])
        counts["asked"] += 1
        counts["refused"] += edit.state == CausalEdit.State.REFUSED
    return counts


def _ask(made: CausalSet, edit: CausalEdit, criterion: str) -> None:
    response = edit.response
    material = prompts.Material(
        rubric=rubric.Rubric(), messages=response.prompt.messages, answers=(response.parts,),
        fence_secret=sealing.fence_secret(), subject_hash=response.hash,
    )  # fmt: skip
    asked = causal.request(material, causal.Causal(edit.kind), criterion)
    batch = gateway.engine_for(made.writer).complete(asked)
    failure = batch.failures[0]
    if failure is not None and failure.kind in _AGAIN:
        raise errors.Unavailable(failure.detail, code="judge_away")
    usage = batch.usage
    tokens = usage.prompt_tokens + usage.completion_tokens
    edit.usage = {"calls": usage.calls, "tokens": tokens, "seconds": round(usage.seconds, 3)}
    edit.state = CausalEdit.State.REFUSED
    if failure is not None:
        edit.reason = failure.detail[:300]
        return
    reply = (batch.texts[0] or "").encode("utf-8", "replace").decode()
    found = causal.read(reply, subjects.text_of(response.parts), criterion)
    if isinstance(found, causal.Refusal):
        edit.reason = causal.REASONS[found]
    else:
        edit.state, edit.text = CausalEdit.State.DONE, found
