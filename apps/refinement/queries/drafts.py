"""Drafts: how far they are, what was asked of whom, what they cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from apps.accounts.permissions import Actor
from apps.jobs.models import Job
from apps.refinement.models import Draft, DraftStep
from apps.rubrics.models import RubricVersion
from domain import errors
from domain.refinement.loop import Answer, Role

LISTED = 20
_RELATED = ("version__rubric", "dataset", "judge__judge", "writer__judge", "job", "proposal", "created_by")


@dataclass(frozen=True)
class Cost:
    """What was asked of the model so far."""

    calls: int
    tokens: int
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How many questions there are, ended, not answered, left out for the budget, and answered by earlier ones."""

    steps: int
    ended: int
    failed: int
    skipped: int
    cached: int


def get_draft(actor: Actor, key: int) -> Draft:
    """A draft of the workspace."""
    found = Draft.objects.select_related(*_RELATED).filter(workspace=actor.workspace, pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such draft here.", code="draft_unknown")
    return found


def drafts_of(version: RubricVersion) -> list[Draft]:
    """The drafts for any version of the rubric, the newest first."""
    rows = Draft.objects.filter(version__rubric=version.rubric_id).select_related(*_RELATED)
    return list(rows.order_by("-pk")[:LISTED])


def cost_of(draft: Draft) -> Cost:
    """What the models were asked so far."""
    return _cost(draft.steps.values_list("usage", flat=True))


def costs_by_role(draft: Draft) -> list[tuple[str, Cost]]:
    """What the writer, the judge and others were asked, as far as they were."""
    rows = list(draft.steps.values_list("role", "usage"))
    told = [(str(role), _cost(usage for name, usage in rows if name == role)) for role in Role]
    return [(name, cost) for name, cost in told if cost.calls]


def governed_by(draft: Draft) -> list[dict[str, Any]]:
    """The meta-rubrics, each with the version, that governed the writing."""
    found = draft.inputs.get("meta", {}).get("versions", [])
    return [{"key": key, "title": title, "version": number} for key, title, number in found]


def seconds_a_call(fingerprint: str) -> float | None:
    """How long a model took for a call in the newest questions of drafts; None where it was asked none."""
    rows = DraftStep.objects.filter(who=fingerprint, cached=False, state=DraftStep.State.DONE).order_by("-pk")
    spent = _cost(rows.values_list("usage", flat=True)[:200])
    return spent.seconds / spent.calls if spent.calls else None


def over_budget(spent: Cost, budget: Mapping[str, int]) -> str:
    """Which part of a budget is used up, empty where none is."""
    used = {"calls": spent.calls, "tokens": spent.tokens, "minutes": spent.seconds / 60}
    return next((name for name, value in used.items() if value >= budget[name]), "")


def answer_of(step: DraftStep) -> Answer:
    """What came of a question, as its method sees it."""
    told = step.reply
    return Answer(
        texts=tuple(told.get("texts", ())), labels=tuple(told.get("labels", ())), reason=step.reason,
        alike=tuple(tuple(row) for row in told.get("alike", ())), by=told.get("by", ""),
    )  # fmt: skip


def questions_of(draft: Draft) -> list[DraftStep]:
    """The questions that wait for a person, and those that one answered, in their order."""
    return list(draft.steps.filter(role=Role.PERSON).select_related("answered_by"))


def _cost(usages: Iterable[dict[str, Any]]) -> Cost:
    told = [one for one in usages if one]
    return Cost(
        sum(one["calls"] for one in told), sum(one["tokens"] for one in told), sum(one["seconds"] for one in told)
    )


def progress_of(draft: Draft) -> Progress:
    """How far a draft is."""
    counts = draft.steps.aggregate(
        all=Count("pk"),
        cached=Count("pk", filter=Q(cached=True)),
        **{str(state): Count("pk", filter=Q(state=state)) for state in DraftStep.State},
    )
    return Progress(
        counts["all"], counts["all"] - counts["waiting"], counts["failed"], counts["skipped"], counts["cached"]
    )


def is_live(draft: Draft) -> bool:
    """Whether something may still happen."""
    job: Job | None = draft.job
    return draft.state == Draft.State.WORKING and job is not None and job.is_open
