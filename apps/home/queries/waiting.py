"""What a person finds on Home: their drafts, what waits for them, what runs, what needs a look."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.datasets import queries as dataset_queries
from apps.judging import queries as judge_queries
from apps.judging.models import Run
from apps.review import queries as review_queries
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import Mention, RubricVersion, VersionStatus
from apps.training import queries as training_queries
from apps.training.models import Alarm


@dataclass(frozen=True)
class HomePage:
    """The parts of the page."""

    drafts: list[RubricVersion]
    to_approve: list[RubricVersion]
    submitted: list[RubricVersion]
    mentions: list[Mention]
    queues: list[Any]
    runs: list[Run]
    alarms: list[Alarm]
    datasets: int
    first_steps: bool


def home(actor: Actor) -> HomePage:
    """Everything Home shows, in a constant number of queries."""
    versions = RubricVersion.objects.filter(rubric__workspace=actor.workspace, rubric__rubric_set=None).select_related(
        "rubric", "created_by", "submitted_by"
    )
    drafts = list(
        versions.filter(status=VersionStatus.DRAFT, created_by=actor.user, rubric__archived_at=None).order_by(
            "-edited_at", "-created_at"
        )[:8]
    )
    waiting = versions.filter(status=VersionStatus.IN_REVIEW).order_by("submitted_at")
    to_approve = (
        list(waiting.exclude(submitted_by=actor.user).exclude(created_by=actor.user)[:8])
        if actor.can(Role.APPROVER)
        else []
    )
    runs = list(judge_queries.list_runs(actor)[:5])
    count = dataset_queries.list_datasets(actor).count()
    return HomePage(
        drafts=drafts,
        to_approve=to_approve,
        submitted=list(waiting.filter(submitted_by=actor.user)[:8]),
        mentions=rubric_queries.unread_mentions(actor),
        queues=review_queries.open_queues(actor)[:6] if actor.can(Role.ANNOTATOR) else [],
        runs=runs,
        alarms=list(training_queries.waiting_alarms(actor)[:5]),
        datasets=count,
        first_steps=not drafts and not runs and not count,
    )
