"""Takes steps of a draft back and brings them again."""

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import Revision, RubricVersion
from apps.rubrics.services import drafts
from domain import errors, rubric


@transaction.atomic
def undo(*, by: Actor, version: RubricVersion, expected_revision: int | None = None) -> RubricVersion:
    """Take back the last step of a draft, whoever made it."""
    row = drafts.locked(by=by, version=version, expected_revision=expected_revision)
    step, _ = queries.revisions_around(row)
    if step is None:
        raise errors.Conflict("There is nothing to undo.", code="nothing_to_undo")
    before = row.revisions.filter(undone=False, number__lt=step.number).order_by("-number")[0]
    step.undone = True
    step.save(update_fields=["undone"])
    return _put_back(by, row, before, f"undid: {step.what}")


@transaction.atomic
def redo(*, by: Actor, version: RubricVersion, expected_revision: int | None = None) -> RubricVersion:
    """Bring back the step that was undone last."""
    row = drafts.locked(by=by, version=version, expected_revision=expected_revision)
    _, step = queries.revisions_around(row)
    if step is None:
        raise errors.Conflict("There is nothing to redo.", code="nothing_to_redo")
    step.undone = False
    step.save(update_fields=["undone"])
    return _put_back(by, row, row.revisions.get(pk=step.pk), f"redid: {step.what}")


@transaction.atomic
def go_back(*, by: Actor, version: RubricVersion, step: int) -> RubricVersion:
    """Bring the draft to what it said after one of its steps; that is a step too, so it can be undone."""
    row = drafts.locked(by=by, version=version)
    found = row.revisions.filter(number=step).first()
    if found is None:
        raise errors.NotFound("This step is no longer kept.", code="step_unknown")
    row.weighting, row.joined = found.weighting, found.joined
    return drafts.store(
        by=by, row=row, document=queries.step_document(found), what=f"went back to step {step}: {found.what}"[:200]
    )


def _put_back(by: Actor, row: RubricVersion, step: Revision, what: str) -> RubricVersion:
    row.weighting, row.joined = step.weighting, step.joined
    drafts.write(by=by, row=row, said=rubric.parse(queries.step_document(step)), what=what[:200])
    return row
