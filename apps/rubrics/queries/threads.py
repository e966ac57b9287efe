"""Discussions of a rubric."""

from django.db.models import Prefetch

from apps.accounts.permissions import Actor
from apps.rubrics.models import Comment, Rubric, Thread
from domain import errors


def threads_of(rubric: Rubric) -> list[Thread]:
    """All discussions with their comments, open ones first, newest first."""
    comments = Comment.objects.select_related("by").order_by("pk")
    rows = rubric.threads.select_related("created_by", "resolved_by", "opened_on").prefetch_related(
        Prefetch("comments", comments)
    )
    return sorted(rows, key=lambda thread: (thread.resolved_at is not None, -thread.pk))


def open_thread_count(rubric: Rubric) -> int:
    """How many discussions are not settled."""
    return rubric.threads.filter(resolved_at=None).count()


def get_thread(actor: Actor, key: int) -> Thread:
    """The discussion of this key."""
    found = Thread.objects.select_related("rubric").filter(rubric__workspace=actor.workspace, pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such discussion.", code="thread_unknown")
    return found
