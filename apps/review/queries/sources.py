"""What decisions can be drawn from, as a form offers it: runs, data sets, rubric versions, proposals."""

from apps.accounts.models import User
from apps.accounts.permissions import Actor, Role
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.judging.models import Run
from apps.review.models import Queue
from apps.review.queries.asks import ASKS
from apps.review.queries.drawing import TASKS, Place
from apps.rubrics import queries as rubrics
from apps.rubrics.models import Proposal, RubricVersion, VersionStatus
from domain import draws, errors
from domain.rubric import Kind

MOST_CHOICES = 200
MOST_CRITERIA = 60
Choices = list[tuple[str, str]]


def source_choices(actor: Actor) -> list[tuple[str, Choices]]:
    """All sources by sort; the token is the sort and the name."""
    proposals = Proposal.objects.filter(rubric__workspace=actor.workspace, state=Proposal.State.OPEN)
    found = [
        ("Runs", [(f"run:{run.pk}", f"{run.name}, {run.created_at:%d %b %Y}") for run in _runs(actor)]),
        ("Data sets", [(f"dataset:{row.slug}", row.title) for row in datasets.list_datasets(actor)[:MOST_CHOICES]]),
        ("Criteria of a rubric", [(f"rubric:{token}", label) for token, label in version_choices(actor)]),
        (
            "Changes of a proposal",
            [(f"proposal:{row.pk}", f"{row.title}, {row.base}") for row in proposals.select_related("base__rubric")],
        ),
    ]
    return [(label, choices) for label, choices in found if choices]


def version_choices(actor: Actor) -> Choices:
    """Versions of rubrics that are at work: drafts, those in review and approved ones."""
    living = (VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED)
    rows = RubricVersion.objects.filter(
        rubric__workspace=actor.workspace, rubric__rubric_set=None, rubric__archived_at=None, status__in=living
    )
    rows = rows.select_related("rubric").defer("document").order_by("rubric__title", "-number")
    return [
        (str(row), f"{row.rubric.title}, version {row.number} ({row.get_status_display()})")
        for row in rows[:MOST_CHOICES]
    ]


def place_named(actor: Actor, token: str, version: str = "") -> Place:
    """The source behind a token; `version` names the rubric whose criteria are decided on a data set."""
    sort, _, name = token.partition(":")
    if sort == "run":
        return Place(run=judging.get_run(actor, name))
    if sort == "dataset":
        under = rubrics.resolve(actor, version).general if version else None
        return Place(dataset=datasets.get_dataset(actor, name), version=under)
    if sort == "rubric" and (found := rubrics.resolve(actor, name).general) is not None:
        return Place(version=found)
    if sort == "proposal" and name.isascii() and name.isdigit() and len(name) < 19:
        return Place(proposal=rubrics.get_proposal(actor, int(name)))
    raise errors.NotFound("There is no such source here.", code="source_unknown")


def source_of(token: str) -> draws.Source:
    """The sort of a source by its token."""
    sort = token.partition(":")[0]
    return {"dataset": draws.Source.DATASET, "rubric": draws.Source.VERSION, "proposal": draws.Source.PROPOSAL}.get(
        sort, draws.Source.RUN
    )


def task_choices(source: draws.Source) -> Choices:
    """What can be asked of what a source holds."""
    return [(task.value, Queue.Task(task).label) for task in TASKS[source] if task in ASKS]


def rule_choices(source: draws.Source) -> list[draws.About]:
    """The rules that can draw from a source."""
    return [about for about in draws.RULES.values() if source in about.sources]


def criterion_choices(place: Place) -> Choices:
    """The criteria that people can be asked about, of sources with few rubrics."""
    versions = [place.version] if place.version is not None else []
    if place.run is not None and place.run.set_version_id is None:
        versions = list(place.run.versions.all()[:3])
    found = {
        one.id: one.text
        for version in versions
        for one in rubrics.domain_rubric(version).criteria
        if one.kind is not Kind.CHECK
    }
    return list(found.items())[:MOST_CRITERIA]


def model_choices(place: Place) -> Choices:
    """The models whose answers a source holds."""
    dataset = place.dataset or (place.run.dataset if place.run is not None else None)
    return [(name, name) for name in datasets.models_of(dataset)] if dataset is not None else []


def people_choices(actor: Actor) -> Choices:
    """Members who can decide."""
    able = [role.value for role in Role if role.at_least(Role.ANNOTATOR)]
    rows = actor.workspace.memberships.filter(active=True, role__in=able).select_related("user")
    return [(str(row.user_id), f"{row.user.name}, {row.role}") for row in rows.order_by("user__username")]


def skill_choices(actor: Actor) -> Choices:
    """The skills that members have."""
    rows = actor.workspace.memberships.filter(active=True).values_list("skills", flat=True)
    return [(name, name) for name in sorted({name for skills in rows for name in skills})]


def _runs(actor: Actor) -> list[Run]:
    return list(judging.list_runs(actor)[:MOST_CHOICES])


def people_of(actor: Actor, keys: list[str]) -> list[User]:
    """Members by the tokens of `people_choices`."""
    wanted = [int(key) for key in keys]
    rows = actor.workspace.memberships.filter(active=True, user__in=wanted).select_related("user")
    return [row.user for row in rows]
