"""What a worker does to draft criteria: ask for them pair by pair, put the same together, check, propose."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.core import gateway, sealing
from apps.history import services as history
from apps.jobs.leases import Lease
from apps.jobs.models import Job, Shard
from apps.refinement import queries
from apps.refinement.models import Draft, DraftStep
from apps.refinement.runners.measuring import likeness
from apps.rubrics import queries as rubrics
from apps.rubrics import services as rubric_services
from domain import errors, principles, prompts, refinement, rubric, subjects
from domain.ports import FailureKind, LabelReply, LabelRequest, TextRequest, Usage

TOKENS = 700
_AGAIN = (FailureKind.UNAVAILABLE, FailureKind.TIMEOUT)
UNREADABLE = "The model did not reply with a list of criteria."
LEAST_HELD_OUT = 2


def draft_shard(shard: Shard, lease: Lease) -> dict[str, Any]:
    """One step of a draft: put a pair to the model, put what it wrote together, or decide on it."""
    if "step" in shard.payload:
        return _ask(shard.payload["step"], lease)
    draft = Draft.objects.select_related("version__rubric__workspace", "judge__judge", "dataset").get(job=shard.job)
    return _merge(draft, lease) if "merge" in shard.payload else _settle(draft, lease)


def next_draft_shards(job: Job) -> list[dict[str, Any]]:
    """After writing comes merging, after merging the checks, after the checks the decision."""
    draft = Draft.objects.filter(job=job).first()
    if draft is None or draft.done_at is not None:
        return []
    if draft.merged_at is None:
        return [{"merge": True}]
    waiting = draft.steps.filter(state=DraftStep.State.WAITING).order_by("position")
    return [{"step": key} for key in waiting.values_list("pk", flat=True)] or [{"settle": True}]


def _ask(key: int, lease: Lease) -> dict[str, Any]:
    related = ("draft__version__rubric", "draft__judge", "better__prompt", "worse")
    step = DraftStep.objects.select_related(*related).get(pk=key)
    if step.state != DraftStep.State.WAITING:
        return {"asked": 0}
    if used := queries.over_budget(step.draft):
        step.state, step.reason = DraftStep.State.SKIPPED, f"The budget of {used} is used up."
    else:
        try:
            (_write if step.kind == DraftStep.Kind.WRITE else _check)(step)
            step.state = DraftStep.State.FAILED if step.reason else DraftStep.State.DONE
        except errors.Invalid as problem:
            step.state, step.reason = DraftStep.State.FAILED, problem.message[:300]
    with transaction.atomic():
        lease.guard()
        step.save(update_fields=["state", "reason", "reply", "result", "usage"])
    return {"asked": step.usage.get("calls", 0)}


def _write(step: DraftStep) -> None:
    place = (step.draft.settings["seed"] + step.position) % 2
    material = _material(step, place)
    held = step.draft.judge.settings.get("hold_to_form", True)
    request = TextRequest(
        prompts.write_shared(material), (prompts.write_suffix(place, refinement.MOST_EACH),), max_tokens=TOKENS,
        forms=(refinement.form(TOKENS),) if held else (),
    )  # fmt: skip
    batch = gateway.engine_for(step.draft.judge).complete(request)
    failure = batch.failures[0]
    if failure is not None and failure.kind in _AGAIN:
        raise errors.Unavailable(failure.detail, code="judge_away")
    step.reply = _clean(batch.texts[0] or "")
    step.usage = _usage(batch.usage)
    if failure is not None:
        step.reason = failure.detail[:300]
    elif refinement.read_written(step.reply, _texts(step)) is None:
        step.reason = UNREADABLE


def _check(step: DraftStep) -> None:
    """Both orders, for a judge may like what stands first; the request holds no word on which is better."""
    engine = gateway.engine_for(step.draft.judge)
    chosen = [one["text"] for one in step.draft.candidates]
    degrees: list[list[float | None]] = [[] for _ in chosen]
    spent = Usage()
    for place in (0, 1):
        material = _material(step, place)
        token = prompts.fence(material.fence_secret, material.subject_hash)
        suffixes = tuple(prompts.check_suffix(text, token) for text in chosen)
        labels = (prompts.CHECK_LABELS,) * len(chosen)
        batch = engine.label_distributions(LabelRequest(prompts.check_shared(material), suffixes, labels))
        spent += batch.usage
        for row, reply in zip(degrees, batch.replies, strict=True):
            if reply.failure is not None and reply.failure.kind in _AGAIN:
                raise errors.Unavailable(reply.failure.detail, code="judge_away")
            row.append(_degree(reply, place))
    step.result, step.usage = degrees, _usage(spent)
    if all(one is None for row in degrees for one in row):
        step.reason = "The model answered with none of the letters on offer."


def _degree(reply: LabelReply, place: int) -> float | None:
    """How far the criterion is more true of the better answer, in [-1, 1]; None where nothing was said."""
    if reply.failure is not None or reply.label_mass <= 0:
        return None
    first, even, second = (reply.probabilities[label] for label in prompts.CHECK_LABELS)
    if even >= max(first, second) or first + even + second <= 0:
        return 0.0 if first + even + second > 0 else None
    return (first - second) / (first + even + second) * (1 if place == 0 else -1)


def _material(step: DraftStep, place: int) -> prompts.Material:
    """Both answers, the better one at this place."""
    answers = [step.worse, step.better] if place else [step.better, step.worse]
    return prompts.Material(
        rubric=rubrics.domain_rubric(step.draft.version), messages=step.better.prompt.messages,
        answers=tuple(tuple(one.parts) for one in answers), fence_secret=sealing.fence_secret(),
        subject_hash=f"{answers[0].hash}{answers[1].hash}",
    )  # fmt: skip


def _texts(step: DraftStep) -> list[str]:
    return [subjects.text_of(one.parts) for one in (step.better, step.worse)]


def _merge(draft: Draft, lease: Lease) -> dict[str, Any]:
    """Put what says the same together, leave out what the rubric has, and begin the checks."""
    if draft.merged_at is not None:
        return {"candidates": len(draft.candidates)}
    written: list[tuple[int, refinement.Written]] = []
    dropped: Counter[str] = Counter()
    steps = list(draft.steps.filter(kind=DraftStep.Kind.WRITE).select_related("better", "worse"))
    for step in steps:
        read = refinement.read_written(step.reply, _texts(step)) if step.state == DraftStep.State.DONE else None
        if read is not None:
            written += [(step.position, one) for one in read[0]]
            dropped.update(str(one) for one in read[1])
    known = [one.text for one in rubrics.domain_rubric(draft.version).criteria if one.text.strip()]
    found: list[refinement.Candidate] = []
    if written:
        texts = [one.text for _, one in written]
        alike, model = likeness([*texts, *known])
        over = principles.ALIKE_IN_WORDS if model == "words" else principles.ALIKE
        found, more = refinement.merged(written, alike[: len(texts)], over=over, known=len(known))
        dropped.update(str(one) for one in more)
        draft.figures["likeness"] = model
    draft.candidates = [
        {"text": one.text, "kind": str(one.kind), "differences": list(one.differences), "sources": list(one.sources)}
        for one in found
    ]
    draft.figures |= {"written": len(written), "dropped": dict(dropped)}
    draft.merged_at = timezone.now()
    if not found:
        _refuse(draft, _why_nothing(steps, dropped))
    with transaction.atomic():
        lease.guard()
        draft.save(update_fields=["candidates", "figures", "merged_at", "state", "reason", "done_at"])
    return {"candidates": len(found)}


def _why_nothing(steps: Sequence[DraftStep], dropped: Counter[str]) -> str:
    reasons = Counter(step.reason for step in steps if step.reason)
    if reasons:
        return f"No criterion could be read. {reasons.most_common(1)[0][0]}"
    if dropped:
        return f"All {sum(dropped.values())} criteria that were written were dropped: {', '.join(sorted(dropped))}."
    return "The model named nothing that sets the answers apart."


def _settle(draft: Draft, lease: Lease) -> dict[str, Any]:
    """Choose criteria by the pairs that choose, measure those kept on the pairs held out, and propose or refuse."""
    if draft.done_at is not None:
        return {"proposed": 0}
    sieve, held = (_preferences(draft, kind) for kind in (DraftStep.Kind.SIEVE, DraftStep.Kind.CHECK))
    kept = []
    for place, one in enumerate(draft.candidates):
        found = refinement.worth([row[place] for row in sieve])
        one["worth"] = {"right": found.right, "wrong": found.wrong, "tied": found.tied, "failed": found.failed}
        one["drop"] = str(found.drop) if found.drop else ""
        if found.drop is None:
            kept.append(place)
    rate, failed = refinement.consistency([[row[place] for place in kept] for row in held])
    spent = queries.cost_of(draft)
    draft.figures |= {
        "kept": len(kept), "held_out": len(held), "failed": failed,
        "consistency": {"value": rate.value, "low": rate.low, "high": rate.high, "count": rate.count},
        "cost": {"calls": spent.calls, "tokens": spent.tokens, "seconds": round(spent.seconds, 1)},
    }  # fmt: skip
    reason = _why_not(draft, kept, rate)
    with transaction.atomic():
        lease.guard()
        if reason:
            _refuse(draft, reason)
        else:
            _propose(draft, kept)
        draft.save(update_fields=["candidates", "figures", "state", "reason", "done_at", "proposal"])
        detail = {"state": str(draft.state), "kept": len(kept), "reason": draft.reason[:200]}
        history.record(by=None, workspace=draft.workspace, action="draft.done", target=draft, detail=detail)
    return {"proposed": 0 if reason else len(kept)}


def _why_not(draft: Draft, kept: Sequence[int], rate: refinement.Rate) -> str:
    if not kept:
        return "No criterion prefers the better answer more often than the worse on pairs it was not written from."
    if rate.value is None or rate.count < LEAST_HELD_OUT:
        used = queries.over_budget(draft)
        why = f" The budget of {used} was used up." if used else ""
        return f"Only {rate.count} held-out pairs could be checked, too few to tell.{why}"
    wanted = draft.settings["threshold"]
    if rate.value < wanted:
        hits = round(rate.value * rate.count)
        return f"The criteria reproduce {hits} of {rate.count} held-out labels; asked is {wanted:.0%}."
    return ""


def _preferences(draft: Draft, kind: str) -> list[list[int | None]]:
    """One row a pair that was answered, one column a candidate."""
    rows = draft.steps.filter(kind=kind, state=DraftStep.State.DONE).order_by("position")
    return [
        [refinement.preference(*each) for each in degrees] for degrees in rows.values_list("result", flat=True)
    ]  # fmt: skip


def _refuse(draft: Draft, reason: str) -> None:
    draft.state, draft.reason, draft.done_at = Draft.State.REFUSED, reason[:500], timezone.now()


def _propose(draft: Draft, kept: Sequence[int]) -> None:
    said = rubrics.domain_rubric(draft.version)
    taken = {one.id for one in said.criteria}
    behind = said.criteria[-1].id if said.criteria else None
    hunks: list[dict[str, Any]] = []
    for one in (draft.candidates[place] for place in kept):
        name = _free(taken, one["text"])
        role = "hard_rule" if one["kind"] == refinement.Kind.HARD_RULE else "principle"
        hunks.append(
            {
                "op": "add", "pointer": f"criteria/{name}", "before": {"after": behind},
                "after": {"id": name, "text": one["text"], "role": role}, "evidence": _evidence(one),
            }
        )  # fmt: skip
        behind = name
    assert draft.created_by is not None
    rate, cost = draft.figures["consistency"], draft.figures["cost"]
    draft.proposal = rubric_services.propose_hunks(
        by=Actor(draft.created_by, draft.workspace, Role.AUTHOR), base=draft.version, hunks=hunks,
        title=f"Criteria from pairs of {draft.dataset.title}"[:200], method=draft.method,
        note=f"Written and checked by {draft.judge}: reproduces {round(rate['value'] * rate['count'])} of"
        f" {rate['count']} held-out labels (95 % interval {rate['low']:.0%} to {rate['high']:.0%}).",
        provenance={
            "draft": draft.pk, "judge": str(draft.judge), "fingerprint": draft.judge.fingerprint,
            "prompt": draft.prompt_digest, "dataset": draft.dataset.slug, "cost": cost,
            "source": "OpenRubrics, arXiv:2510.07743",
        },
    )  # fmt: skip
    draft.state, draft.done_at = Draft.State.PROPOSED, timezone.now()


def _evidence(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": one["kind"], "pairs": len(one["sources"]), **one["worth"],
        "difference": " · ".join(one["differences"][:3]),
    }  # fmt: skip


def _free(taken: set[str], text: str) -> str:
    place = len(taken)
    while (name := rubric.criterion_id(place, text)) in taken:
        place += 1
    taken.add(name)
    return name


def _usage(spent: Usage) -> dict[str, Any]:
    return {
        "calls": spent.calls, "tokens": spent.prompt_tokens + spent.completion_tokens,
        "seconds": round(spent.seconds, 3),
    }  # fmt: skip


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
