"""What needs no model: content gate, stored verdicts, computed checks, inputs no judge can read."""

import dataclasses
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.core import gateway
from apps.datasets.models import SubjectKind
from apps.judging.runners import asking
from apps.judging.runners.loading import Work
from domain import checks, scoring, strategies, subjects, verdicts
from domain.rubric import Criterion, Need
from domain.verdicts import Status, Verdict

if TYPE_CHECKING:
    from apps.datasets.models import Response


@dataclass
class Decided:
    """Where an answer stands before a model is asked: what is known, what was decided now, what is left."""

    work: Work
    content_reason: str = ""
    given: list[checks.Given] = field(default_factory=list)
    reused: dict[str, Verdict] = field(default_factory=dict)
    fresh: dict[str, Verdict] = field(default_factory=dict)
    left: list[Criterion] = field(default_factory=list)


def decide(work: Work, known: Mapping[uuid.UUID, Verdict], deadline: float | None) -> Decided:
    """Do all that needs no model; `known` are the verdicts that are never asked again."""
    decided = Decided(work)
    decided.content_reason = _gate(work) or ""
    if decided.content_reason:
        return decided
    asked_for, sandbox = _prompt_text(work), gateway.sandbox_here()
    given = [checks.Given(subjects.text_of(r.parts), work.reference, asked_for, sandbox) for r in _judged(work)]
    decided.given = given
    asked: set[uuid.UUID] = set()
    for criterion in work.criteria:
        key = work.keys[criterion.id]
        if key in known:
            decided.reused[criterion.id] = dataclasses.replace(known[key], criterion_id=criterion.id)
            continue
        verdict = _without_model(work, criterion, given, deadline)
        if verdict is not None:
            decided.fresh[criterion.id] = verdict
        elif key not in asked:
            asked.add(key)
            decided.left.append(criterion)
    return decided


def _gate(work: Work) -> str | None:
    """Why the content gate decides it: an answer with nothing to judge, alone, in a list or in a pair."""
    judged = _judged(work)
    if not all(subjects.is_text_only(response.parts) for response in judged):
        return None
    texts = [subjects.text_of(response.parts) for response in judged]
    if work.subject.kind == SubjectKind.PAIR:
        return scoring.pair_gate(work.rubric, texts[0], texts[1])
    return verdicts.content_gate(work.rubric, texts[0])


def _judged(work: Work) -> "Sequence[Response]":
    """The answers that the verdicts are about: one, or the two of a pair."""
    return work.members if work.response is None else (work.response,)


def _computed(criterion: Criterion, given: Sequence[checks.Given]) -> Verdict | None:
    return verdicts.computed_pair(criterion, *given) if len(given) == 2 else verdicts.computed(criterion, given[0])


def _without_model(
    work: Work, criterion: Criterion, given: Sequence[checks.Given], deadline: float | None
) -> Verdict | None:
    about = strategies.get(work.judge.strategy).about
    if about.subject != work.subject.kind:
        reason = f"This judge reads a {about.subject}, not a {work.subject.get_kind_display()}."
        return verdicts.unscored(criterion.id, Status.REFUSED_INPUT, reason)
    found = _computed(criterion, given)
    if found is not None:
        return found
    if criterion.kind not in about.kinds:
        reason = f"The strategy {about.title} cannot judge a criterion of the kind {criterion.kind}."
        return verdicts.unscored(criterion.id, Status.REFUSED_INPUT, reason)
    if not work.is_text_only:
        reason = "There is more than text here, which this judge cannot read."
        return verdicts.unscored(criterion.id, Status.REFUSED_INPUT, reason)
    lacking = _lacking(work, criterion)
    if lacking:
        return verdicts.unscored(criterion.id, Status.REFUSED_INPUT, lacking)
    if deadline is not None and time.time() >= deadline:
        return asking.expired(criterion)
    return None


def _lacking(work: Work, criterion: Criterion) -> str:
    if strategies.get(work.judge.strategy).about.needs_reference and not work.reference:
        return "This judge compares with a reference answer, and the prompt has none."
    needs = criterion.all_needs
    if Need.REFERENCE in needs and not work.reference:
        return "The criterion needs a reference answer, and the prompt has none."
    if Need.CONTEXT in needs and not work.context:
        return "The criterion needs the material the answer is based on, and the prompt has none."
    if Need.TOOLS in needs:
        return "The criterion needs a judge with tools; this one only reads."
    return ""


def _prompt_text(work: Work) -> str:
    return "\n".join(subjects.text_of(turn["parts"]) for turn in work.prompt.messages)
