"""Puts criteria to an engine and reads what comes back; touches no database."""

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

from apps.core import sealing
from apps.judging.models import Call
from apps.judging.runners.cleaning import clean
from apps.judging.runners.loading import Work
from domain import prompts, verdicts
from domain.rubric import Criterion
from engines.protocol import Engine, Failure, FailureKind, LabelBatch, LabelReply, LabelRequest, TextBatch, TextRequest

MAX_REASONING_TOKENS = 160
_STATUS = {
    FailureKind.TIMEOUT: verdicts.Status.JUDGE_ERROR,
    FailureKind.TOO_LONG: verdicts.Status.REFUSED_INPUT,
    FailureKind.REFUSED: verdicts.Status.REFUSED_INPUT,
    FailureKind.BAD_REPLY: verdicts.Status.UNPARSEABLE,
}


@dataclasses.dataclass
class Answer:
    """What asking about one answer gave: verdicts, the calls, and where in which call each was read.

    `away` is set where part of the questions found the engine unavailable: they are to be asked again.
    """

    found: dict[str, verdicts.Verdict] = dataclasses.field(default_factory=dict)
    calls: list[Call] = dataclasses.field(default_factory=list)
    origin: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    away: str = ""


def ask(work: Work, criteria: Sequence[Criterion], engine: Engine, deadline: float | None) -> Answer:
    """Ask about some criteria of one answer, all of them in one request."""
    rendered = prompts.render(
        work.rubric,
        criteria,
        prompt_messages=work.prompt.messages,
        response_parts=work.response.parts if work.response else (),
        reference=work.reference,
        context=work.context,
        protocol=work.judge.protocol,
        fence_secret=sealing.fence_secret(),
        subject_hash=work.subject.hash,
    )
    answer = Answer()
    texts: TextBatch | None = None
    if work.judge.protocol == "reasoned":
        texts = engine.complete(_text_request(work, rendered), deadline=deadline)
        answer.calls.append(_text_call(work, rendered, texts))
    asked = _answerable(criteria, texts, answer, deadline)
    if asked:
        batch = engine.label_distributions(_label_request(rendered, texts, asked), deadline=deadline)
        answer.calls.append(_label_call(work, rendered, batch))
        for place, (position, reply) in enumerate(zip(asked, batch.replies, strict=True)):
            criterion = criteria[position]
            answer.origin[criterion.id] = (len(answer.calls) - 1, place)
            if reply.failure is not None:
                _fail(criterion, reply.failure, answer, deadline)
            else:
                answer.found[criterion.id] = _read(work, criterion, reply, _reasoning(texts, position))
    return answer


def expired(criterion: Criterion) -> verdicts.Verdict:
    """The verdict on a criterion that could not be asked in time."""
    reason = "The deadline passed before the judge was asked."
    return verdicts.unscored(criterion.id, verdicts.Status.EXPIRED, reason)


def _text_request(work: Work, rendered: prompts.Rendered) -> TextRequest:
    settings = work.judge.settings
    return TextRequest(
        rendered.shared,
        rendered.suffixes,
        max_tokens=int(settings.get("max_reasoning_tokens", MAX_REASONING_TOKENS)),
        stop=("\nAnswer:",),
        temperature=float(settings.get("temperature", 0.0)),
        seed=int(settings.get("seed", 0)) + work.item.sample,
    )


def _answerable(
    criteria: Sequence[Criterion], texts: TextBatch | None, answer: Answer, deadline: float | None
) -> list[int]:
    """Positions to read a label for; in the reasoned protocol those whose reasoning came."""
    if texts is None:
        return list(range(len(criteria)))
    asked: list[int] = []
    for position, criterion in enumerate(criteria):
        failure = texts.failures[position]
        if failure is None:
            asked.append(position)
        else:
            _fail(criterion, failure, answer, deadline)
            answer.origin[criterion.id] = (0, position)
    return asked


def _label_request(rendered: prompts.Rendered, texts: TextBatch | None, asked: list[int]) -> LabelRequest:
    leads = () if texts is None else tuple(prompts.lead_after(_reasoning(texts, position) or "") for position in asked)
    return LabelRequest(
        rendered.shared,
        tuple(rendered.suffixes[position] for position in asked),
        tuple(tuple(label.text for label in rendered.labels[position]) for position in asked),
        leads,
    )


def _reasoning(texts: TextBatch | None, position: int) -> str | None:
    """What the model wrote before its verdict; None where the protocol asks for no reasoning."""
    return None if texts is None else texts.texts[position] or ""


def _read(work: Work, criterion: Criterion, reply: LabelReply, reasoning: str | None) -> verdicts.Verdict:
    settings = work.judge.settings
    verdict = verdicts.read_distribution(
        criterion,
        reply.probabilities,
        label_mass=reply.label_mass,
        min_label_mass=float(settings.get("min_label_mass", verdicts.MIN_LABEL_MASS)),
        value_from="expectation" if settings.get("value_from") == "expectation" else "mode",
    )
    if reasoning is None:
        return verdict
    return verdicts.check_evidence(criterion, verdict, verdicts.read_reasoned(reasoning), work.text)


def _fail(criterion: Criterion, failure: Failure, answer: Answer, deadline: float | None) -> None:
    if failure.kind is FailureKind.UNAVAILABLE:
        answer.away = failure.detail
        return
    status = _STATUS[failure.kind]
    if failure.kind is FailureKind.TIMEOUT and deadline is not None and time.time() >= deadline:
        status = verdicts.Status.EXPIRED
    answer.found[criterion.id] = verdicts.unscored(criterion.id, status, failure.detail)


def _label_call(work: Work, rendered: prompts.Rendered, batch: LabelBatch) -> Call:
    replies = [
        {
            "labels": reply.probabilities,
            "label_mass": reply.label_mass,
            "raw": reply.raw,
            **({"failure": {"kind": reply.failure.kind, "detail": reply.failure.detail}} if reply.failure else {}),
        }
        for reply in batch.replies
    ]
    return _call(work, rendered, batch, "labels", replies)


def _text_call(work: Work, rendered: prompts.Rendered, batch: TextBatch) -> Call:
    replies = [
        {"text": text, **({"failure": {"kind": failure.kind, "detail": failure.detail}} if failure else {})}
        for text, failure in zip(batch.texts, batch.failures, strict=True)
    ]
    return _call(work, rendered, batch, "reasoning", replies)


def _call(
    work: Work, rendered: prompts.Rendered, batch: LabelBatch | TextBatch, purpose: str, replies: list[dict[str, Any]]
) -> Call:
    usage = batch.usage
    failures = [reply["failure"]["detail"] for reply in replies if "failure" in reply]
    return Call(
        workspace_id=work.subject.workspace_id,
        run_id=work.item.run_id,
        judge_version_id=work.judge.pk,
        subject_id=work.subject.pk,
        purpose=purpose,
        prompt_name=rendered.name,
        prompt_digest=rendered.digest,
        rendered_shared=clean(batch.rendered_shared),
        rendered_suffixes=clean(list(batch.rendered_suffixes)),
        reply=clean(replies),
        model=batch.model,
        seed=int(work.judge.settings.get("seed", 0)) + work.item.sample,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=usage.completion_tokens,
        http_calls=usage.calls,
        seconds=usage.seconds,
        error=clean(failures[0][:500]) if failures else "",
    )
