"""Writing the rules by which rubrics are written."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from apps.accounts.permissions import Actor, Role
from apps.history import services as history
from apps.refinement.models import MetaRubric, MetaRubricVersion
from domain import errors

MOST_TEXT = 20_000
MOST_TAG = 60


class RulesChanged(errors.Conflict):
    """Somebody wrote a newer version meanwhile."""

    default_code = "meta_rubric_changed"


@transaction.atomic
def write_meta_rubric(
    *, by: Actor, text: str, tag: str = "", note: str = "", seen: int | None = None, governs: bool = True,
    provenance: Mapping[str, Any] | None = None,
) -> MetaRubricVersion:  # fmt: skip
    """A new version of the general rules, or of those of a tag; the first one makes them. It governs from now on.

    General rules are an admin's, those of a tag any author's. `seen` is the newest version that the person read.
    With `governs` False it waits until somebody chooses it.
    """
    name = " ".join(_storable(tag).split())
    _check_may_write(by, name)
    said = _storable(text).strip()
    if not said or len(said) > MOST_TEXT:
        raise _invalid("text", f"Rules have between 1 and {MOST_TEXT:,} characters.")
    if len(name) > MOST_TAG:
        raise _invalid("tag", f"A tag has at most {MOST_TAG} characters.")
    made, _ = MetaRubric.objects.get_or_create(workspace=by.workspace, tag=name, defaults={"created_by": by.user})
    row = MetaRubric.objects.select_for_update(of=("self",)).select_related("current").get(pk=made.pk)
    newest = row.versions.aggregate(newest=Max("number"))["newest"] or 0
    if seen is not None and seen != newest:
        raise RulesChanged(f"Version {newest} was written after you opened the page. Look at it, then write again.")
    if row.current is not None and row.current.text == said and governs:
        raise _invalid("text", "The rules say this already.")
    version = MetaRubricVersion.objects.create(
        meta_rubric=row, number=newest + 1, text=said, note=_storable(note).strip()[:500], created_by=by.user,
        provenance=dict(provenance or {}),
    )  # fmt: skip
    if governs:
        row.current = version
        row.save(update_fields=["current"])
    detail = {"tag": name, "version": version.number, "governs": governs, "note": version.note}
    history.record(by=by, workspace=by.workspace, action="meta_rubric.written", target=row, detail=detail)
    return version


@transaction.atomic
def choose_meta_version(*, by: Actor, version: MetaRubricVersion) -> MetaRubric:
    """Let this version govern, an older one or one that waits."""
    row = MetaRubric.objects.select_for_update(of=("self",)).get(pk=version.meta_rubric_id)
    if row.workspace_id != by.workspace.pk:
        raise errors.NotFound("There are no such rules here.", code="meta_rubric_unknown")
    _check_may_write(by, row.tag)
    if row.current_id == version.pk:
        raise errors.Conflict("This version governs already.", code="meta_rubric_current")
    row.current = version
    row.save(update_fields=["current"])
    detail = {"tag": row.tag, "version": version.number}
    history.record(by=by, workspace=by.workspace, action="meta_rubric.chosen", target=row, detail=detail)
    return row


def _check_may_write(by: Actor, tag: str) -> None:
    by.require_scope("rubrics:write")
    if tag:
        by.require(Role.AUTHOR, "write rules for a domain")
    else:
        by.require(Role.ADMIN, "write the general rules")


def _storable(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n")


def _invalid(name: str, sentence: str) -> errors.Invalid:
    return errors.Invalid(sentence, code=f"{name}_invalid", problems=[errors.Problem(f"/{name}", sentence)])
