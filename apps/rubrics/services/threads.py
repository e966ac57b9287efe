"""Discussions on a rubric or a criterion."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions
from apps.rubrics.models import Comment, Rubric, RubricVersion, Thread
from apps.rubrics.services import texts
from domain import errors

MAX_COMMENT = 10_000


@transaction.atomic
def open_thread(
    *, by: Actor, rubric: Rubric, text: str, criterion: str = "", version: RubricVersion | None = None
) -> Thread:
    """Start a discussion with its first comment."""
    permissions.check_may_discuss(by, rubric.workspace_id)
    thread = Thread.objects.create(rubric=rubric, criterion=criterion, opened_on=version, created_by=by.user)
    _say(by, thread, text)
    _record(by, thread, "thread.opened")
    return thread


@transaction.atomic
def comment(*, by: Actor, thread: Thread, text: str) -> Comment:
    """Answer in a discussion."""
    permissions.check_may_discuss(by, thread.rubric.workspace_id)
    said = _say(by, thread, text)
    _record(by, thread, "thread.commented")
    return said


@transaction.atomic
def resolve_thread(*, by: Actor, thread: Thread) -> Thread:
    """Close a discussion that is settled; doing it twice changes nothing."""
    permissions.check_may_discuss(by, thread.rubric.workspace_id)
    if Thread.objects.filter(pk=thread.pk, resolved_at=None).update(resolved_at=timezone.now(), resolved_by=by.user):
        _record(by, thread, "thread.resolved")
    thread.refresh_from_db()
    return thread


@transaction.atomic
def reopen_thread(*, by: Actor, thread: Thread) -> Thread:
    """Take up a settled discussion again."""
    permissions.check_may_discuss(by, thread.rubric.workspace_id)
    if Thread.objects.filter(pk=thread.pk, resolved_at__isnull=False).update(resolved_at=None, resolved_by=None):
        _record(by, thread, "thread.reopened")
    thread.refresh_from_db()
    return thread


def _say(by: Actor, thread: Thread, text: str) -> Comment:
    said = texts.storable(text, MAX_COMMENT, "comment")
    if not said:
        raise errors.Invalid("Write something first.", code="comment_empty")
    return Comment.objects.create(thread=thread, by=by.user, text=said)


def _record(by: Actor, thread: Thread, action: str) -> None:
    detail = {"thread": thread.pk, "criterion": thread.criterion}
    history.record(by=by, workspace=by.workspace, action=action, target=thread.rubric, detail=detail)
