"""Who may decide, and who may settle."""

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import Membership
from apps.accounts.permissions import Actor, Role
from apps.review.models import Queue, Review, ReviewItem
from domain import errors


def check_may_review(actor: Actor, queue: Queue) -> None:
    """Annotators and above decide in open queues of their workspace."""
    if queue.workspace_id != actor.workspace.pk:
        raise errors.NotFound("There is no such queue here.", code="queue_unknown")
    actor.require(Role(queue.minimum_role), "decide in this queue")
    actor.require_scope("reviews:write")
    if not may_decide(actor, queue):
        whom = f"members with the skills {', '.join(queue.skills)}" if queue.skills else "the people named in it"
        raise errors.NotAllowed(f"This queue is for {whom}.", code="not_assigned")


def may_decide(actor: Actor, queue: Queue) -> bool:
    """Whether the queue is for this person."""
    return Queue.objects.filter(decides_in(actor), pk=queue.pk).exists()


def decides_in(actor: Actor) -> Q:
    """Queues in which a person decides: where they are named, or nobody is and they have the role and all skills."""
    named = Queue.assignees.through.objects.filter(queue=OuterRef("pk"))
    able = Membership.objects.filter(
        workspace=OuterRef("workspace"), user=actor.user, active=True, skills__contains=OuterRef("skills")
    )
    roles = [role.value for role in Role if actor.can(role)]
    open_to_all = ~Q(Exists(named)) & Q(Exists(able))
    return Q(workspace=actor.workspace, minimum_role__in=roles) & (
        Q(Exists(named.filter(user=actor.user))) | open_to_all
    )


def check_may_settle(actor: Actor) -> None:
    """Authors and above settle conflicts and read reports that show the judge's verdicts."""
    actor.require(Role.AUTHOR, "settle conflicts")
    actor.require_scope("reviews:write")


def check_may_read_gold(actor: Actor) -> None:
    """Gold holds the answers that deciders are checked by, so it is not for them."""
    actor.require(Role.AUTHOR, "read gold")


def check_may_read_comments(actor: Actor) -> None:
    """Readings of comments name who wrote what."""
    actor.require(Role.AUTHOR, "find criteria in comments")


def check_may_export(actor: Actor) -> None:
    """Files of labels, decisions and gold say what each person decided."""
    actor.require(Role.AUTHOR, "export what people decided")
    actor.require_scope("exports:read")


def may_read_report(actor: Actor, queue: Queue) -> bool:
    """The report shows the judge's verdicts, so deciders of a blind queue see it once it is closed."""
    return actor.can(Role.AUTHOR) or not queue.blind or queue.state == Queue.State.CLOSED


def check_may_see_voice(actor: Actor, *, user: int | None, judge: bool) -> None:
    """Figures of one member or one judge are for authors and above; everybody may see their own.

    A person who decides blind must not learn from a figure what the judge said.
    """
    if actor.can(Role.AUTHOR) or (user is not None and user == actor.user.pk):
        return
    if judge or user is not None:
        raise errors.NotAllowed("Figures of single members and judges are for authors.", code="voices_of_others")


def check_may_estimate(actor: Actor) -> None:
    """True rates stand beside the judge's means, which those who decide blind must not learn."""
    actor.require(Role.AUTHOR, "read true rates")


def may_see_people(actor: Actor) -> bool:
    """Who may see how well other people rate: approvers and admins."""
    return actor.can(Role.APPROVER)


def why_not_revise(review: Review) -> str:
    """Why a decision can no longer be changed blind; empty where it can."""
    if review.revealed_at is not None:
        return "You have seen the judge's verdict, so a change is stored beside this decision, with a reason."
    if review.item.state == ReviewItem.State.RESOLVED:
        return "An author settled this item, so the decision stays as it is."
    if review.item.queue.state == Queue.State.CLOSED:
        return "The queue is closed, so the decision stays as it is."
    return ""
