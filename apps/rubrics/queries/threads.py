"""Discussions of a rubric, and who is spoken to in them."""

from collections import Counter

from django.db.models import Prefetch, Q, QuerySet

from apps.accounts.models import User
from apps.accounts.permissions import Actor
from apps.rubrics.models import Comment, Mention, Rubric, RubricVersion, Thread
from domain import errors

# The words of the page; REST knows `open` and `settled`.
SHOWN = {"": "all", "open": "open", "mine": "mine", "mentions": "that mention me"}


def threads_of(rubric: Rubric, *, actor: Actor | None = None, show: str = "", criterion: str = "") -> list[Thread]:
    """Discussions with their comments, open ones first, newest first; `show` is one of SHOWN, for `actor`."""
    found = threads_found(rubric, actor=actor, show=show, criterion=criterion)
    return sorted(found, key=lambda thread: (thread.resolved_at is not None, -thread.pk))


def threads_found(
    rubric: Rubric, *, actor: Actor | None = None, show: str = "", criterion: str = ""
) -> QuerySet[Thread]:
    """Discussions with their comments in no order; `show` is one of SHOWN, for `actor`, or `settled`."""
    rows = _with_comments(rubric.threads.all())
    if criterion:
        rows = rows.filter(criterion=criterion)
    if show in {"open", "settled"}:
        rows = rows.filter(resolved_at__isnull=show == "open")
    elif actor is not None and show == "mine":
        rows = rows.filter(Q(created_by=actor.user) | Q(comments__by=actor.user)).distinct()
    elif actor is not None and show == "mentions":
        rows = rows.filter(comments__mentions__user=actor.user).distinct()
    return rows


def _with_comments(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    mentions = Prefetch("mentions", Mention.objects.select_related("user").order_by("pk"))
    comments = Comment.objects.select_related("by").prefetch_related(mentions).order_by("pk")
    with_people = rows.select_related("rubric", "created_by", "resolved_by", "opened_on")
    return with_people.prefetch_related(Prefetch("comments", comments))


def open_thread_count(rubric: Rubric) -> int:
    """How many discussions are not settled."""
    return rubric.threads.filter(resolved_at=None).count()


def thread_marks(version: RubricVersion) -> dict[int, tuple[str, int]]:
    """The id of each criterion of a version with open discussions and how many it has, by the key of its row."""
    open_on = version.rubric.threads.filter(resolved_at=None).exclude(criterion="")
    counts = Counter(open_on.values_list("criterion", flat=True))
    keys = version.criteria.filter(criterion_id__in=counts).values_list("pk", "criterion_id")
    return {key: (name, counts[name]) for key, name in keys}


def get_thread(actor: Actor, key: int) -> Thread:
    """The discussion of this key."""
    found = _with_comments(Thread.objects.filter(rubric__workspace=actor.workspace, pk=key)).first()
    if found is None:
        raise errors.NotFound("There is no such discussion.", code="thread_unknown")
    return found


def get_comment(thread: Thread, key: int | None) -> Comment:
    """The comment of this key in a discussion."""
    found = thread.comments.filter(pk=key).first() if key is not None else None
    if found is None:
        raise errors.NotFound("There is no such comment.", code="comment_unknown")
    return found


def unread_mentions(actor: Actor) -> list[Mention]:
    """The comments that name this person and that they have not marked as read, newest first."""
    rows = Mention.objects.filter(user=actor.user, read_at=None, comment__thread__rubric__workspace=actor.workspace)
    return list(rows.select_related("comment__by", "comment__thread__rubric").order_by("-pk")[:20])


def people_to_mention(actor: Actor) -> list[User]:
    """Everybody in the workspace but the person who writes, by name."""
    rows = actor.workspace.memberships.select_related("user").exclude(user=actor.user).filter(user__is_active=True)
    return sorted((row.user for row in rows), key=lambda user: user.name.lower())
