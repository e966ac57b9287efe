"""Drives a strategy: puts what it asks to an engine, keeps every exchange; touches no database."""

import dataclasses
import time
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from apps.core import sealing
from apps.judging.models import Call
from apps.judging.runners import fitting, requests
from apps.judging.runners.cleaning import clean
from apps.judging.runners.loading import Work
from domain import prompts, strategies, verdicts
from domain.rubric import Criterion
from engines.protocol import (
    Engine,
    Failure,
    FailureKind,
    LabelBatch,
    LabelReply,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodReply,
    LikelihoodRequest,
    TextBatch,
    TextRequest,
)

Reply = TypeVar("Reply", LabelReply, LikelihoodReply)
Batch = LabelBatch | TextBatch | LikelihoodBatch


@dataclasses.dataclass
class Answer:
    """What asking about one subject gave: verdicts, the calls, and where in which call each was read.

    `away` is set where part of the questions found the engine unavailable: they are to be asked again.
    """

    found: dict[str, verdicts.Verdict] = dataclasses.field(default_factory=dict)
    calls: list[Call] = dataclasses.field(default_factory=list)
    origin: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    away: str = ""


def ask(works: Sequence[Work], criteria: Sequence[Criterion], engine: Engine, deadline: float | None) -> list[Answer]:
    """Ask about some criteria of one subject, by the strategy of its judge.

    Several works are the members of one list: it is asked about once, and each gets what is about itself.
    """
    work = works[0]
    question = _question(work, criteria)
    fitted = fitting.fit(strategies.get(work.judge.strategy), question, engine)
    if fitted.refused:
        return [_answer(each, fitting.refusals(question, fitted.refused), []) for each in works]
    calls: list[Call] = []
    found: list[strategies.Findings] = []
    offsets: list[int] = []
    for each in fitted.questions:
        offsets.append(len(calls))
        found.append(_driven(work, each, engine, deadline, calls))
        if found[-1].away and len(fitted.questions) > 1:
            return [_answer(one, strategies.Findings(away=found[-1].away), calls) for one in works]
    together = uuid.uuid4()
    for call in calls:
        call.exchange = together
    findings = fitted.findings(found, offsets)
    return [_answer(one, findings, calls) for one in works]


def _driven(
    work: Work, question: strategies.Question, engine: Engine, deadline: float | None, calls: list[Call]
) -> strategies.Findings:
    """What a strategy finds; every exchange is added to the calls."""
    steps = strategies.get(work.judge.strategy).judge(question)
    batch: Batch | None = None
    while True:
        try:
            asked = steps.send(batch)
        except StopIteration as done:
            found: strategies.Findings = done.value
            return found
        batch = put(engine, asked.request, deadline)
        calls.append(_call(work, asked, batch))


def expired(criterion: Criterion) -> verdicts.Verdict:
    """The verdict on a criterion that could not be asked in time."""
    reason = "The deadline passed before the judge was asked."
    return verdicts.unscored(criterion.id, verdicts.Status.EXPIRED, reason)


def _question(work: Work, criteria: Sequence[Criterion]) -> strategies.Question:
    material = prompts.Material(
        rubric=work.rubric,
        messages=work.prompt.messages,
        answers=tuple(work.members[place].parts for place in work.shown),
        fence_secret=sealing.fence_secret(),
        subject_hash=work.subject.hash,
        reference=work.reference,
        context=work.context,
    )
    settings = strategies.filled(strategies.get(work.judge.strategy).about, work.judge.settings)
    return strategies.Question(material, tuple(criteria), work.judge.protocol, settings, work.item.sample)


def _answer(work: Work, findings: strategies.Findings, calls: list[Call]) -> Answer:
    member = 0 if work.member is None else work.shown.index(work.member)
    own = {place: verdict for place, verdict in findings.verdicts.items() if place.member == member}
    return Answer(
        found={place.criterion: verdict for place, verdict in own.items()},
        calls=calls,
        origin={place.criterion: findings.origins[place] for place in own if place in findings.origins},
        away=findings.away,
    )


def put(engine: Engine, request: strategies.Request, deadline: float | None) -> Batch:
    """The batch of an engine; a question that ran out of time because the deadline passed says so."""
    batch: Batch
    if isinstance(request, LabelRequest):
        batch = engine.label_distributions(request, deadline=deadline)
    elif isinstance(request, LikelihoodRequest):
        batch = engine.likelihoods(request, deadline=deadline)
    else:
        batch = engine.complete(request, deadline=deadline)
    if not _passed(deadline):
        return batch
    if isinstance(batch, TextBatch):
        return dataclasses.replace(batch, failures=tuple(map(_late, batch.failures)))
    if isinstance(batch, LikelihoodBatch):
        return dataclasses.replace(batch, replies=tuple(map(_late_reply, batch.replies)))
    return dataclasses.replace(batch, replies=tuple(map(_late_reply, batch.replies)))


def _late_reply(reply: Reply) -> Reply:
    return dataclasses.replace(reply, failure=_late(reply.failure)) if reply.failure else reply


def _passed(deadline: float | None) -> bool:
    return deadline is not None and time.time() >= deadline


def _late(failure: Failure | None) -> Failure | None:
    if failure is None or failure.kind is not FailureKind.TIMEOUT:
        return failure
    return Failure(FailureKind.EXPIRED, failure.detail)


def _replies(batch: Batch) -> list[dict[str, Any]]:
    if isinstance(batch, TextBatch):
        written = zip(batch.texts, batch.failures, strict=True)
        return [{"text": text, **_failed(failure)} for text, failure in written]
    if isinstance(batch, LikelihoodBatch):
        return [{"logprobs": list(reply.logprobs), **_failed(reply.failure)} for reply in batch.replies]
    return [
        {"labels": reply.probabilities, "label_mass": reply.label_mass, "raw": reply.raw, **_failed(reply.failure)}
        for reply in batch.replies
    ]


def _failed(failure: Failure | None) -> dict[str, Any]:
    return {"failure": {"kind": failure.kind, "detail": failure.detail}} if failure else {}


def _seed(work: Work, request: strategies.Request) -> int:
    """The seed that a text was drawn with; labels and likelihoods are not drawn and have that of the sample."""
    if isinstance(request, TextRequest) and request.seed is not None:
        return request.seed
    return int(work.judge.settings.get("seed", 0)) + work.item.sample


def _call(work: Work, asked: strategies.Ask, batch: Batch) -> Call:
    return kept(
        batch,
        workspace_id=work.subject.workspace_id,
        run_id=work.item.run_id,
        judge_version_id=work.judge.pk,
        subject_id=work.subject.pk,
        purpose=asked.purpose,
        prompt_name=asked.prompt,
        prompt_digest=prompts.prompt_digest(asked.prompt),
        seed=_seed(work, asked.request),
        request=requests.described(asked.request, batch),
    )


def kept(batch: Batch, **fields: Any) -> Call:
    """A call, not stored yet: what came back, what it cost, and the fields that say what it was for."""
    usage = batch.usage
    replies = _replies(batch)
    failures = [reply["failure"]["detail"] for reply in replies if "failure" in reply]
    return Call(
        **fields,
        rendered_shared=clean(batch.rendered_shared),
        rendered_suffixes=clean(list(batch.rendered_suffixes)),
        reply=clean(replies),
        model=batch.model,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        shared_tokens=usage.shared_tokens,
        completion_tokens=usage.completion_tokens,
        http_calls=usage.calls,
        seconds=usage.seconds,
        error=clean(failures[0][:500]) if failures else "",
    )
