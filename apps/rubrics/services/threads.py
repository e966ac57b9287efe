"""Discussions on a rubric, a criterion or a level."""

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions
from apps.rubrics.models import Comment, Mention, Rubric, RubricVersion, Thread
from apps.rubrics.services import texts
from domain import errors

MAX_COMMENT = 10_000
MAX_LEVEL = 80
_NAMED = re.compile(r"(?<![\w@])@([\w.+-]*\w)")


@transaction.atomic
def open_thread(
    *, by: Actor, rubric: Rubric, text: str, criterion: str = "", level: str = "", version: RubricVersion | None = None
) -> Thread:
    """Start a discussion with its first comment, on the rubric, a criterion or a level of one.

    Invalid where the version that it is opened on has no such criterion or level.
    """
    permissions.check_may_discuss(by, rubric.workspace_id)
    about = {"criterion": criterion, "level": texts.storable(level, MAX_LEVEL, "level")}
    if version is not None:
        _check_place(version, **about)
    thread = Thread.objects.create(rubric=rubric, opened_on=version, created_by=by.user, **about)
    _say(by, thread, text)
    _record(by, thread, "thread.opened")
    return thread


def _check_place(version: RubricVersion, criterion: str, level: str) -> None:
    if not criterion and not level:
        return
    row = version.criteria.filter(criterion_id=criterion).first()
    if row is None:
        problem = errors.Problem("/criterion", f"version {version.number} has no such criterion")
        raise errors.Invalid("There is no such criterion.", code="criterion_unknown", problems=[problem])
    labels = [str(one["label"])[:MAX_LEVEL] for one in row.levels] if isinstance(row.levels, list) else []
    if level and level not in labels:
        problem = errors.Problem("/level", "the criterion has no level of this label")
        raise errors.Invalid("There is no such level.", code="level_unknown", problems=[problem])


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


@transaction.atomic
def edit_comment(*, by: Actor, comment: Comment, text: str) -> Comment:
    """Say one's own comment in other words; the page and the history tell that it was edited, not what it said."""
    row = _own(by, comment)
    said = _said(text)
    if said == row.text:
        return row
    row.text, row.edited_at = said, timezone.now()
    row.save(update_fields=["text", "edited_at"])
    _mention(by, row)
    _record(by, row.thread, "thread.comment_edited", comment=row.pk)
    return row


@transaction.atomic
def delete_comment(*, by: Actor, comment: Comment) -> Comment:
    """Take back one's own comment: its words go, its place in the discussion stays."""
    row = _own(by, comment)
    row.text, row.deleted_at = "", timezone.now()
    row.save(update_fields=["text", "deleted_at"])
    row.mentions.all().delete()
    _record(by, row.thread, "thread.comment_deleted", comment=row.pk)
    return row


def read_mentions(*, by: Actor, keys: Sequence[int] | None = None) -> int:
    """Mark mentions of oneself as read, all of them where none is named; returns how many were unread."""
    rows = Mention.objects.filter(user=by.user, read_at=None, comment__thread__rubric__workspace=by.workspace)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    return rows.update(read_at=timezone.now())


def _own(by: Actor, comment: Comment) -> Comment:
    row = Comment.objects.select_for_update(of=("self",)).select_related("thread__rubric").get(pk=comment.pk)
    permissions.check_may_discuss(by, row.thread.rubric.workspace_id)
    if row.by_id != by.user.pk:
        raise errors.NotAllowed("Only the person who wrote a comment can change it.", code="not_own_comment")
    if row.deleted_at is not None:
        raise errors.Conflict("This comment was taken back.", code="comment_deleted")
    return row


def _said(text: str) -> str:
    said = texts.storable(text, MAX_COMMENT, "comment")
    if not said:
        raise errors.Invalid("Write something first.", code="comment_empty")
    return said


def _say(by: Actor, thread: Thread, text: str) -> Comment:
    row = Comment.objects.create(thread=thread, by=by.user, text=_said(text))
    _mention(by, row)
    return row


def _mention(by: Actor, row: Comment) -> None:
    """Keep who is named in a comment; members of the workspace only, whoever writes is not told of it."""
    names = {name.lower() for name in _NAMED.findall(row.text)}
    named = {
        member.user_id
        for member in by.workspace.memberships.select_related("user")
        if member.user.username.lower() in names and member.user_id != by.user.pk and member.user.is_active
    }
    row.mentions.exclude(user__in=named).delete()
    Mention.objects.bulk_create([Mention(comment=row, user_id=key) for key in named], ignore_conflicts=True)


def _record(by: Actor, thread: Thread, action: str, **more: int) -> None:
    detail = {"thread": thread.pk, "criterion": thread.criterion, **more}
    history.record(by=by, workspace=by.workspace, action=action, target=thread.rubric, detail=detail)
