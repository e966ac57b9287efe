"""What needs no model: content gate, stored verdicts, computed checks, inputs no judge can read."""

import dataclasses
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.judging.runners import asking
from apps.judging.runners.loading import Work
from domain import checks, strategies, subjects, verdicts
from domain.rubric import Criterion, Need
from domain.verdicts import Status, Verdict


@dataclass
class Decided:
    """Where an answer stands before a model is asked: what is known, what was decided now, what is left."""

    work: Work
    content_reason: str = ""
    reused: dict[str, Verdict] = field(default_factory=dict)
    fresh: dict[str, Verdict] = field(default_factory=dict)
    left: list[Criterion] = field(default_factory=list)


def decide(work: Work, known: Mapping[uuid.UUID, Verdict], deadline: float | None) -> Decided:
    """Do all that needs no model; `known` are the verdicts that are never asked again."""
    decided = Decided(work)
    if work.response is not None and subjects.is_text_only(work.response.parts):
        decided.content_reason = verdicts.content_gate(work.rubric, work.text) or ""
    if decided.content_reason:
        return decided
    given = checks.Given(work.text, work.reference, _prompt_text(work))
    asked: set[uuid.UUID] = set()
    for criterion in work.rubric.criteria:
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


def _without_model(work: Work, criterion: Criterion, given: checks.Given, deadline: float | None) -> Verdict | None:
    about = strategies.get(work.judge.strategy).about
    if about.subject != work.subject.kind:
        reason = f"This judge reads a {about.subject}, not a {work.subject.get_kind_display()}."
        return verdicts.unscored(criterion.id, Status.REFUSED_INPUT, reason)
    found = verdicts.computed(criterion, given)
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
