"""Every step of a draft is kept: now and then the whole document, between them what changed from step to step."""

from typing import Any

from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.rubrics import queries
from apps.rubrics.models import Revision, RubricVersion
from domain import rubric
from domain.rubric import steps

BURST_SECONDS = 45
WHOLE_EVERY = 100


def remember_start(row: RubricVersion) -> None:
    """Keep the state before the first edit, so that it can be undone."""
    if not row.revisions.exists():
        Revision.objects.create(
            version=row,
            number=row.revision,
            by=row.created_by,
            what="opened",
            document=queries.draft_document(row),
            weighting=row.weighting,
            joined=row.joined,
        )


def remember(by: Actor, row: RubricVersion, said: rubric.Rubric, what: str, *, burst: bool) -> None:
    """Keep what the draft says now as its newest step; what had been undone before stays, set aside."""
    document = {"format": rubric.FORMAT, **said.model_dump(mode="json")}
    last = row.revisions.defer("document", "change").order_by("-number")[0]
    if burst and _continues(last, by, what):
        before = row.revisions.filter(number__lt=last.number).order_by("-number").first()
        last.document, last.change = _kept(before, document)
        last.weighting, last.joined = row.weighting, row.joined
        last.save(update_fields=["document", "change", "weighting", "joined"])
        return
    row.revisions.filter(undone=True, aside=False).update(aside=True)
    whole, change = _kept(last, document)
    Revision.objects.create(
        version=row, number=row.revision, by=by.user, what=what[:200], document=whole, change=change,
        weighting=row.weighting, joined=row.joined,
    )  # fmt: skip


def _kept(before: Revision | None, document: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The document whole or the change from the step before, whichever is to be stored."""
    if before is None:
        return document, None
    chain = queries.steps_to(before)
    if len(chain.changes) >= WHOLE_EVERY - 1:
        return document, None
    change = steps.change_between(chain.document(), document)
    if 2 * steps.touched(change) > len(document["criteria"]) + 20:
        return document, None
    return None, change


def _continues(last: Revision, by: Actor, what: str) -> bool:
    age = (timezone.now() - last.created_at).total_seconds()
    return not last.undone and last.what == what[:200] and last.by_id == by.user.pk and age < BURST_SECONDS
