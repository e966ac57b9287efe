"""How a draft is changed: lock, check, store the rows, remember the step for undo, write the history."""

import copy
from collections.abc import Callable
from typing import Any, Protocol

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Rubric, RubricVersion, VersionStatus
from apps.rubrics.services import parts, rows, steps
from domain import errors, rubric

Change = Callable[[dict[str, Any]], None]


class Keep(Protocol):
    """How an edit of a version's document is kept: in the draft, or beside it as a suggestion."""

    def __call__(
        self,
        *,
        by: Actor,
        version: RubricVersion,
        what: str,
        edit: Change,
        expected_revision: int | None = None,
        burst: bool = False,
    ) -> RubricVersion:
        """Make the edit and return the version."""
        ...


class Stale(errors.Conflict):
    """Somebody edited the draft since this person read it."""

    default_code = "stale"


class NotADraft(errors.Conflict):
    """Only drafts are edited."""

    default_code = "not_a_draft"


def check_unchanged(part: Any, seen: str | None) -> None:
    """Refuse an edit whose author saw another state of this part; others may edit other parts meanwhile."""
    if seen is not None and queries.fingerprint(part) != seen:
        raise Stale("Somebody changed this since you opened it.", details={"seen": seen})


def locked(*, by: Actor, version: RubricVersion, expected_revision: int | None = None) -> RubricVersion:
    """The draft, locked after its rubric as everywhere; refuses others' rubrics, frozen versions and stale edits."""
    permissions.check_may_write(by, version.rubric.workspace_id)
    Rubric.objects.select_for_update(no_key=True).get(pk=version.rubric_id)
    row = (
        RubricVersion.objects.select_for_update(of=("self",))
        .select_related("rubric__workspace", "translation_of__rubric")
        .get(pk=version.pk)
    )
    if not row.is_draft:
        raise NotADraft(
            f"{row} is {row.get_status_display()} and never changes again; make a new draft from it.",
            details={"status": row.status},
        )
    if expected_revision is not None and row.revision != expected_revision:
        raise Stale(
            "Somebody changed this draft since you opened it.",
            details={"expected_revision": expected_revision, "revision": row.revision},
        )
    return row


@transaction.atomic
def change(
    *,
    by: Actor,
    version: RubricVersion,
    what: str,
    edit: Change,
    expected_revision: int | None = None,
    burst: bool = False,
) -> RubricVersion:
    """Apply `edit` to the draft's document and store it; `burst` joins a quick series of edits into one step."""
    row = locked(by=by, version=version, expected_revision=expected_revision)
    before = copy.copy(row)
    prefetch_related_objects([before], "guidelines", "groups", "criteria")
    document = queries.draft_document(before)
    edit(document)
    return store(by=by, row=row, document=document, what=what, burst=burst, before=before)


def store(
    *,
    by: Actor,
    row: RubricVersion,
    document: dict[str, Any],
    what: str,
    burst: bool = False,
    joins: Callable[[], int] | None = None,
    before: RubricVersion | None = None,
) -> RubricVersion:
    """Store a document in a locked draft as one step; one that says the same changes nothing, unless it joins.

    `before` is the draft with its parts already read, where they are.
    """
    said = rubric.parse(document)
    rows.check_fits(said)
    digest = rubric.digest(said)
    if digest == row.digest and joins is None:
        return row
    steps.remember_start(row)
    if joins is not None:
        row.joined = [*row.joined, joins()]
    write(by=by, row=row, said=said, what=what, digest=digest, before=before)
    steps.remember(by, row, said, what, burst=burst)
    return row


def write(
    *,
    by: Actor,
    row: RubricVersion,
    said: rubric.Rubric,
    what: str,
    digest: str | None = None,
    before: RubricVersion | None = None,
) -> None:
    """Bring columns and rows of a locked draft to what the rubric says, and count the revision."""
    rows.fill_columns(row, said, row.rubric.workspace, digest=digest)
    row.revision += 1
    row.edited_at = timezone.now()
    row.save(update_fields=[*rows.COLUMNS, "revision", "edited_at", "weighting", "joined"])
    parts.store_changes(row, said, before)
    _tell_library(row)
    history.record(
        by=by,
        workspace=row.rubric.workspace,
        action="rubric.draft_edited",
        target=row,
        detail={"what": what, "revision": row.revision, "digest": row.digest},
    )


def _tell_library(row: RubricVersion) -> None:
    """The library shows the last edit, and the title of the approved version, or of the draft while none is."""
    approved = RubricVersion.objects.filter(rubric=row.rubric_id, status=VersionStatus.APPROVED).exists()
    told = {"last_edit": row.edited_at, **({} if approved else {"title": row.title})}
    Rubric.objects.filter(pk=row.rubric_id).update(**told)
