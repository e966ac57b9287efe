"""Making queues of decisions, adding to them, and opening and closing them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Dataset, Subject, SubjectKind
from apps.history import services as history
from apps.jobs import services as jobs
from apps.judging.models import Run
from apps.judging.queries import Undecided
from apps.review import queries, runners
from apps.review.models import Queue, ReviewItem
from apps.review.services import adjudicating
from apps.rubrics.models import Proposal, RubricVersion
from domain import draws, errors

MOST_OVERLAP = 9
MOST_SKILLS = 20
MOST_PRIORITY = 100
ESCALATED = "escalated"
MOST_ESCALATED = 5_000
MOST_SEED = 2**31 - 1
MOST_SHARE = 0.5
DRAW = "draw-queue"


@transaction.atomic
def create_queue(
    *, by: Actor, name: str, rule: Mapping[str, Any], run: Run | None = None, dataset: Dataset | None = None,
    version: RubricVersion | None = None, proposal: Proposal | None = None, task: str = Queue.Task.VERDICT,
    overlap: int = 1, seed: int = 0, blind: bool = True, instructions: str = "", gold_share: float = 0.0,
    repeat_share: float = 0.0, priority: int = 0, deadline: datetime | None = None,
    minimum_role: str = Role.ANNOTATOR, skills: Sequence[str] = (), assignees: Sequence[User] = (),
    consensus: Mapping[str, Any] | None = None,
) -> Queue:  # fmt: skip
    """Draw decisions into a queue that people answer; a large draw is made by a worker.

    They come from a run, a data set (with a rubric version where criteria are decided), a version's criteria or the
    open hunks of a proposal. `consensus`, `{rule, share, limit}`, says how answers that differ are settled.
    """
    by.require(Role.AUTHOR, "make review queues")
    by.require_scope("reviews:write")
    place = queries.Place(run, dataset, version, proposal)
    check_source(by=by, place=place)
    queries.check_task(place, task)
    if task not in queries.ASKS:
        raise _invalid("task", "This cannot be asked yet.")
    said = draws.rule(rule, place.source).stored()
    queue = Queue(
        workspace=by.workspace, name=name.strip(), task=task, run=run, dataset=dataset, version=version,
        proposal=proposal, rule=said, overlap=overlap, seed=seed, blind=blind, instructions=instructions.strip(),
        gold_share=gold_share, repeat_share=repeat_share, priority=priority, deadline=deadline,
        minimum_role=minimum_role, skills=_skills(skills), created_by=by.user,
        state=Queue.State.DRAWING, consensus=adjudicating.consensus(**consensus or {}),
    )  # fmt: skip
    _check(queue, by, assignees)
    queue.save()
    queue.assignees.add(*assignees)
    if queries.is_long(place, said):
        _draw_later(by, queue, said, seed)
        count = None
    else:
        plan = queries.plan(queries.wish_of(queue, rule=said, seed=seed))
        count = runners.put_in(queue, plan)
        if not count:
            raise errors.Conflict(_nothing(place), code="queue_empty")
        queue.state = Queue.State.OPEN
        queue.save(update_fields=["state"])
    history.record(
        by=by, workspace=by.workspace, action="queue.created", target=queue,
        detail={
            "run": str(run.pk) if run else None, "dataset": dataset.slug if dataset else None, "task": str(task),
            "rule": said, "items": count, "overlap": overlap, "seed": seed, "gold_share": gold_share,
            "repeat_share": repeat_share, **({"consensus": queue.consensus} if queue.consensus else {}),
        },
    )  # fmt: skip
    return queue


@transaction.atomic
def add_items(*, by: Actor, queue: Queue, rule: Mapping[str, Any], seed: int = 0) -> int | None:
    """Draw more from a queue's source and put it at its end; how many came, or None where a worker does it.

    What the queue has is never drawn again. A closed queue has to be opened first.
    """
    by.require(Role.AUTHOR, "add to review queues")
    by.require_scope("reviews:write")
    held = _locked(by, queue)
    if held.state in (Queue.State.CLOSED, Queue.State.DRAWING):
        raise errors.Conflict(
            f"This queue is {held.get_state_display()}; nothing can be added to it now.", code="queue_not_open"
        )
    if held.run_id is None and held.dataset_id is None and held.version_id is None and held.proposal_id is None:
        raise errors.Conflict("What this queue was drawn from is gone.", code="queue_without_source")
    if not 0 <= seed <= MOST_SEED:
        raise _invalid("seed", f"The seed is a whole number from 0 to {MOST_SEED}.")
    place = queries.place_of(held)
    said = draws.rule(rule, place.source).stored()
    if queries.is_long(place, said):
        _draw_later(by, held, said, seed)
        count = None
    else:
        count = runners.put_in(held, queries.plan(queries.wish_of(held, rule=said, seed=seed)))
        if not count:
            raise errors.Conflict(f"{_nothing(place)} What the queue has is left out.", code="queue_empty")
    detail = {"rule": said, "seed": seed, "items": count}
    history.record(by=by, workspace=by.workspace, action="queue.added", target=held, detail=detail)
    return count


@transaction.atomic
def queue_of_undecided(*, run: Run, places: Sequence[Undecided]) -> Queue | None:
    """The queue of what a cascade left to people, made once; decisions that came later are added at its end."""
    Run.objects.select_for_update().get(pk=run.pk)
    alone = Subject.objects.filter(
        pk__in={one.subject_id for one in places}, kind=SubjectKind.RESPONSE
    ).values_list("pk", flat=True)  # fmt: skip
    answers = set(alone)
    queue = Queue.objects.filter(run=run, rule__kind=ESCALATED).first()
    known = set(queue.items.values_list("version_id", "subject_id", "criterion")) if queue else set()
    fresh = [
        one
        for one in places
        if one.subject_id in answers and (one.version_id, one.subject_id, one.criterion) not in known
    ][:MOST_ESCALATED]
    if not fresh:
        return queue
    if queue is None:
        queue = Queue.objects.create(
            workspace=run.workspace, name=f"Undecided in {run.name}"[:200], run=run, rule={"kind": ESCALATED},
            created_by=run.created_by,
        )  # fmt: skip
    after = queries.next_position(queue)
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                queue=queue, position=after + number, subject_id=one.subject_id, version_id=one.version_id,
                criterion=one.criterion, verdict_keys=list(one.keys), seats=queue.overlap,
                payload={"doubts": list(one.why)},
            )
            for number, one in enumerate(fresh)
        ],
        batch_size=1000,
    )  # fmt: skip
    detail = {"run": str(run.pk), "items": len(fresh)}
    history.record(by=None, workspace=run.workspace, action="queue.escalated", target=queue, detail=detail)
    return queue


@transaction.atomic
def set_state(*, by: Actor, queue: Queue, state: str, reason: str = "") -> Queue:
    """Open, pause or close a queue; a closed or paused one gives out no items, answers under way are still taken."""
    by.require(Role.AUTHOR, "open and close review queues")
    by.require_scope("reviews:write")
    if state not in (Queue.State.OPEN, Queue.State.PAUSED, Queue.State.CLOSED):
        raise errors.Invalid(f"A queue is open, paused or closed, not “{state}”.", code="state_unknown")
    if "\x00" in reason or len(reason) > 300:
        raise _invalid("reason", "A reason has at most 300 characters.")
    held = _locked(by, queue)
    if held.state == Queue.State.DRAWING:
        raise errors.Conflict("This queue is still being drawn.", code="queue_drawing")
    if state == Queue.State.OPEN and not held.items.exists():
        raise errors.Conflict("This queue has no items, so it cannot be opened.", code="queue_empty")
    if held.state != state:
        held.state, held.state_reason = Queue.State(state), "" if state == Queue.State.OPEN else reason.strip()
        held.save(update_fields=["state", "state_reason"])
        detail = {"reason": held.state_reason} if held.state_reason else {}
        history.record(by=by, workspace=by.workspace, action=f"queue.{state}", target=held, detail=detail)
    queue.state, queue.state_reason = held.state, held.state_reason
    return queue


def _locked(by: Actor, queue: Queue) -> Queue:
    rows = Queue.objects.select_for_update(of=("self",)).select_related("run", "dataset", "version", "proposal")
    held = rows.filter(pk=queue.pk, workspace=by.workspace).first()
    if held is None:
        raise errors.NotFound("There is no such queue here.", code="queue_unknown")
    return held


def _draw_later(by: Actor, queue: Queue, rule: Mapping[str, Any], seed: int) -> None:
    payload = {"queue": queue.pk, "rule": dict(rule), "seed": seed}
    queue.job = jobs.create_job(
        by=by, workspace=by.workspace, kind=DRAW, shards=[payload], title=f"Draw the queue {queue.name}",
        priority=1, params={"items": rule["size"]},
    )  # fmt: skip
    queue.save(update_fields=["job"])


def check_source(*, by: Actor, place: queries.Place) -> None:
    """Refuse what is of another workspace, and more or less than one source."""
    owners = {
        "run": place.run and place.run.workspace_id,
        "dataset": place.dataset and place.dataset.workspace_id,
        "rubric": place.version and place.version.rubric.workspace_id,
        "proposal": place.proposal and place.proposal.rubric.workspace_id,
    }
    given = [name for name, owner in owners.items() if owner is not None]
    for name in given:
        if owners[name] != by.workspace.pk:
            raise errors.NotFound(f"There is no such {name} here.", code=f"{name}_unknown")
    if len([name for name in given if name != "rubric"]) > 1 or not given or given == ["run", "rubric"]:
        raise _invalid("run", "Draw from one source: a run, a data set, the criteria of a rubric, or a proposal.")


def _skills(names: Sequence[str]) -> list[str]:
    """As members have them: small letters, each once."""
    return sorted({one for one in (" ".join(each.split()).lower() for each in names) if one})


def _nothing(place: queries.Place) -> str:
    if place.run is not None:
        return "The rule finds nothing in this run. Wait until it has verdicts, or choose another rule."
    return "The rule finds nothing here. Choose another rule or another source."


def _invalid(name: str, sentence: str) -> errors.Invalid:
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])


def _check(queue: Queue, by: Actor, assignees: Sequence[User]) -> None:
    if not 1 <= len(queue.name) <= 200 or "\x00" in queue.name:
        raise _invalid("name", "A queue needs a name of at most 200 characters.")
    if not 1 <= queue.overlap <= MOST_OVERLAP:
        raise _invalid("overlap", f"Each item is decided by 1 to {MOST_OVERLAP} people.")
    if not 0 <= queue.seed <= MOST_SEED:
        raise _invalid("seed", f"The seed is a whole number from 0 to {MOST_SEED}.")
    for name, share in (("gold_share", queue.gold_share), ("repeat_share", queue.repeat_share)):
        if not 0 <= share <= MOST_SHARE:
            raise _invalid(name, f"This is a share from 0 to {MOST_SHARE}.")
    if abs(queue.priority) > MOST_PRIORITY:
        raise _invalid("priority", f"The priority is a number from −{MOST_PRIORITY} to {MOST_PRIORITY}.")
    if queue.deadline is not None and queue.deadline <= timezone.now():
        raise _invalid("deadline", "The deadline has passed already.")
    if queue.minimum_role not in {role.value for role in Role if role.at_least(Role.ANNOTATOR)}:
        raise _invalid("minimum_role", "Annotators, authors, approvers or admins can decide.")
    if len(queue.skills) > MOST_SKILLS or any(len(one) > 60 or "\x00" in one for one in queue.skills):
        raise _invalid("skills", f"A queue asks for at most {MOST_SKILLS} skills of at most 60 characters.")
    if "\x00" in queue.instructions or len(queue.instructions) > 5_000:
        raise _invalid("instructions", "The instructions have at most 5,000 characters.")
    able = [role.value for role in Role if role.at_least(Role(queue.minimum_role))]
    members = by.workspace.memberships.filter(active=True, role__in=able, user__in=assignees)
    here = set(members.values_list("user", flat=True))
    if lacking := ", ".join(one.name for one in assignees if one.pk not in here):
        raise _invalid("assignees", f"{lacking} cannot decide here: no active {queue.minimum_role} or above.")
