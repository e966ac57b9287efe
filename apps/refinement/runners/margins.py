"""What a worker does to learn a judge's margins: put each pair once, with the rubric and without; then count."""

import dataclasses
import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core import gateway, sealing
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Job, Shard
from apps.refinement.models import MarginPair, MarginReport
from domain import errors, prompts, rubric
from domain.ports import FailureKind, LabelReply
from domain.refinement import usefulness

_AGAIN = (FailureKind.UNAVAILABLE, FailureKind.TIMEOUT)
NEITHER = "The model offered neither letter, so nothing can be said."


def margins_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """Some pairs of a report, or its end."""
    report = MarginReport.objects.select_related("version__rubric__workspace", "judge__judge").get(job=shard.job)
    if "settle" in shard.payload:
        return _settle(report, lease)
    waiting = report.pairs.filter(
        state=MarginPair.State.WAITING, position__gte=shard.payload["first"], position__lte=shard.payload["last"]
    ).select_related("better__prompt", "worse")
    asked = 0
    for pair in waiting:
        lease.check()
        try:
            _ask(report, pair)
        except errors.Invalid as problem:
            pair.state, pair.reason = MarginPair.State.FAILED, problem.message[:300]
        with transaction.atomic():
            lease.guard()
            pair.save(update_fields=["state", "reason", "base", "whole", "alone", "usage"])
        asked += pair.usage.get("calls", 0)
    return {"asked": asked}


def next_margin_shards(job: Job) -> list[dict[str, Any]]:
    """After the pairs comes the end."""
    return [{"settle": True}] if MarginReport.objects.filter(job=job, done_at=None).exists() else []


def _ask(report: MarginReport, pair: MarginPair) -> None:
    first = usefulness.better_first(report.settings["seed"], pair.better.prompt_id)
    ordered = [pair.better, pair.worse] if first else [pair.worse, pair.better]
    material = prompts.Material(
        rubric=rubric.parse(report.said), messages=pair.better.prompt.messages,
        answers=tuple(one.parts for one in ordered), fence_secret=sealing.fence_secret(),
        subject_hash=hashlib.sha256("".join(one.hash for one in ordered).encode()).hexdigest(),
    )  # fmt: skip
    request = usefulness.request(material, alone=report.settings["alone"])
    batch = gateway.engine_for(report.judge).label_distributions(request)
    for reply in batch.replies:
        if reply.failure is not None and reply.failure.kind in _AGAIN:
            raise errors.Unavailable(reply.failure.detail, code="judge_away")
    found = usefulness.read([_letters(reply) for reply in batch.replies], first=first)
    pair.base, pair.whole, pair.alone = found.base, found.whole, list(found.alone)
    usage = batch.usage
    tokens = usage.prompt_tokens + usage.completion_tokens
    pair.usage = {"calls": usage.calls, "tokens": tokens, "seconds": round(usage.seconds, 3)}
    known = found.base is not None and found.whole is not None
    pair.state = MarginPair.State.DONE if known else MarginPair.State.FAILED
    failed = next((reply.failure.detail for reply in batch.replies if reply.failure is not None), NEITHER)
    pair.reason = "" if known else failed[:300]


def _letters(reply: LabelReply) -> tuple[float, float] | None:
    if reply.failure is not None:
        return None
    one, other = (reply.probabilities.get(label, 0.0) for label in prompts.MARGIN_LABELS)
    return one, other


def _settle(report: MarginReport, lease: Lease) -> dict[str, Any]:
    if report.done_at is not None:
        return {"pairs": report.figures["pairs"]}
    pairs = list(report.pairs.select_related("better"))
    rows = [usefulness.Margins(one.base, one.whole, tuple(one.alone)) for one in pairs]
    found = usefulness.summary(rows, [one.better.prompt_id for one in pairs])
    if len(pairs) == found.whole.unknown:
        reason = next((one.reason for one in pairs if one.reason), NEITHER)
        raise errors.Conflict(f"No pair could be assessed: {reason}", code="not_assessed")
    spent = {name: sum(one.usage.get(name, 0) for one in pairs) for name in ("calls", "tokens", "seconds")}
    rates = {name: dataclasses.asdict(getattr(found, name)) for name in ("right_without", "right_with")}
    report.figures = {"pairs": len(pairs), "whole": _told(found.whole), **rates, "cost": spent}
    said = rubric.parse(report.said)
    report.criteria = [
        {"id": one.id, "text": one.text} | _told(share)
        for one, share in zip(said.criteria, found.alone, strict=False)
    ]  # fmt: skip
    report.done_at = timezone.now()
    with transaction.atomic():
        lease.guard()
        report.save(update_fields=["figures", "criteria", "done_at"])
        detail = {"report": report.pk, "pairs": len(pairs), "misleading": found.whole.misleading}
        history.record(
            by=None, workspace=report.workspace, action="quality.margins", target=report.version, detail=detail
        )
    return {"pairs": len(pairs)}


def _told(share: usefulness.Share) -> dict[str, Any]:
    return share._asdict() | {"misled": dataclasses.asdict(share.misled)}
