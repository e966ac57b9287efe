"""Makes new from old: a rubric from a template, a copy here or in another workspace, a criterion of the library."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Criterion, RubricVersion
from apps.rubrics.services import bulk, creation, rows
from domain import errors


@transaction.atomic
def start_from(
    *, by: Actor, beginning: str, title: str, slug: str | None = None, tags: list[str] | None = None
) -> RubricVersion:
    """A new rubric that starts as a template or a starter stands; criteria keep their ids."""
    document, source = queries.beginning_document(by, beginning)
    return creation.create_rubric(by=by, document=document, title=title, slug=slug, tags=tags, source=source)


@transaction.atomic
def clone_rubric(
    *, by: Actor, version: RubricVersion, into: Actor, title: str, slug: str | None = None
) -> RubricVersion:
    """Copy a version as the first draft of a new rubric, in this workspace or another one of the person's.

    Criteria keep their ids, so that what is known about them can be compared. `into` is the same person, in the
    workspace that gets the copy; both histories tell it. Raises NotAllowed where the person may not write there.
    """
    permissions.check_belongs(by, version.rubric.workspace_id)
    by.require_scope("rubrics:read")
    if into.user.pk != by.user.pk:
        raise errors.NotAllowed("A copy is made by one person on both sides.", code="other_person")
    permissions.check_may_write(into, into.workspace)
    document = queries.nameless(queries.document(version))
    if into.workspace.pk != by.workspace.pk:
        _without_kin(document, into)
    source = f"{version}" if into.workspace.pk == by.workspace.pk else f"{by.workspace.slug}/{version}"
    made = creation.create_rubric(
        by=into, document=document, title=title, slug=slug, tags=list(version.rubric.tags), source=source
    )
    detail = {"number": version.number, "digest": version.digest, "copy": f"{into.workspace.slug}/{made}"}
    history.record(by=by, workspace=by.workspace, action="rubric.copied", target=version, detail=detail)
    return made


def take_criterion(
    *, by: Actor, version: RubricVersion, criterion: Criterion, after: str | None = None
) -> RubricVersion:
    """Put a copy of a criterion of the library into a draft, below `after` or at the end, under an id of its own."""
    permissions.check_belongs(by, criterion.version.rubric.workspace_id)
    part = queries.criterion_part(criterion)
    values = {key: value for key, value in part.items() if key not in {"id", "group"}}
    return bulk.insert_criterion(by=by, version=version, after=after, values=values)


def _without_kin(document: dict[str, object], into: Actor) -> None:
    """What the document names beside itself and the other workspace does not have is kept in its extensions."""
    named = document["translation_of"]
    try:
        rows.translation_source(named if isinstance(named, str) else None, into.workspace)
    except errors.Invalid:
        kept = document["extensions"]
        document["extensions"] = {**(kept if isinstance(kept, dict) else {}), "translation_of": named}
        document["translation_of"] = None
