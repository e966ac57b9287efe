"""Drafts of criteria: the pairs that they start from, how far they are, what they cost."""

import itertools
from dataclasses import dataclass

from django.db.models import Count

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset, PreferenceMember
from apps.jobs.models import Job
from apps.refinement.models import Draft, DraftStep
from apps.rubrics.models import RubricVersion
from domain import errors, refinement

MOST_MEMBERS = 20_000
LISTED = 20
_RELATED = ("version__rubric", "dataset", "judge__judge", "job", "proposal", "created_by")


@dataclass(frozen=True)
class Cost:
    """What was asked of the model so far."""

    calls: int
    tokens: int
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How many steps there are, ended, not answered, and left out for the budget."""

    steps: int
    ended: int
    failed: int
    skipped: int


def pairs_of(dataset: Dataset) -> list[refinement.Pair]:
    """The pairs of a data set of which somebody said which answer is better; ties are none."""
    rows = PreferenceMember.objects.filter(preference__dataset=dataset, preference__criterion=None)
    listed = rows.order_by("preference_id", "rank", "pk").values_list(
        "preference_id", "response__prompt_id", "response_id", "response__hash", "rank"
    )
    found = []
    for _, group in itertools.groupby(listed[:MOST_MEMBERS], key=lambda row: row[0]):
        for one, other in itertools.combinations(group, 2):
            if one[4] != other[4]:
                found.append(refinement.Pair(one[1], one[2], other[2], one[3], other[3]))
    return found


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
    """What the model was asked so far."""
    told = [one for one in draft.steps.values_list("usage", flat=True) if one]
    return Cost(
        sum(one["calls"] for one in told), sum(one["tokens"] for one in told), sum(one["seconds"] for one in told)
    )


def over_budget(draft: Draft) -> str:
    """Which part of the budget is used up, empty where none is."""
    spent, budget = cost_of(draft), draft.budget
    used = {"calls": spent.calls, "tokens": spent.tokens, "minutes": spent.seconds / 60}
    return next((name for name, value in used.items() if value >= budget[name]), "")


def progress_of(draft: Draft) -> Progress:
    """How far a draft is."""
    states = dict(draft.steps.order_by().values_list("state").annotate(n=Count("pk")))
    steps = sum(states.values())
    return Progress(
        steps, steps - states.get(DraftStep.State.WAITING, 0), states.get(DraftStep.State.FAILED, 0),
        states.get(DraftStep.State.SKIPPED, 0),
    )  # fmt: skip


def is_live(draft: Draft) -> bool:
    """Whether something may still happen."""
    job: Job | None = draft.job
    return draft.state == Draft.State.WORKING and job is not None and job.is_open
