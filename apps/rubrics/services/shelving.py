"""Orders the library: tags and templates for many rubrics at once, a person's own favourites."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import Favourite, Rubric
from apps.rubrics.services import creation
from domain import errors


@transaction.atomic
def tag_rubrics(*, by: Actor, slugs: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()) -> int:
    """Give rubrics of the library tags and take others away; says how many changed."""
    permissions.check_may_write(by, by.workspace)
    more, less = creation.clean_tags(list(add)), set(creation.clean_tags(list(remove)))
    if not more and not less:
        raise errors.Invalid("Say which tag.", code="tag_missing")
    changed = []
    for row in _chosen(by, slugs):
        before = list(row.tags)
        row.tags = list(dict.fromkeys(tag for tag in [*before, *more] if tag not in less))
        if row.tags != before:
            changed.append(row)
            _record(by, row, "rubric.tagged", {"before": before, "after": row.tags})
    Rubric.objects.bulk_update(changed, ["tags"])
    return len(changed)


@transaction.atomic
def mark_templates(*, by: Actor, slugs: Sequence[str], template: bool) -> int:
    """Offer rubrics as beginnings of new ones, or no longer; says how many changed."""
    permissions.check_may_write(by, by.workspace)
    changed = [row for row in _chosen(by, slugs) if row.is_template != template]
    for row in changed:
        row.is_template = template
        _record(by, row, "rubric.template_made" if template else "rubric.template_ended", {})
    Rubric.objects.bulk_update(changed, ["is_template"])
    return len(changed)


def keep_favourite(*, by: Actor, slug: str, keep: bool) -> Rubric:
    """Keep a rubric at hand or no longer; it concerns nobody else, so the history does not tell it."""
    row = queries.get_rubric(by, slug)
    if keep:
        Favourite.objects.get_or_create(user=by.user, rubric=row)
    else:
        Favourite.objects.filter(user=by.user, rubric=row).delete()
    return row


def _chosen(by: Actor, slugs: Sequence[str]) -> list[Rubric]:
    named = [slug for slug in slugs if "\x00" not in slug]
    rows = Rubric.objects.select_for_update().filter(workspace=by.workspace, rubric_set=None, slug__in=named)
    return list(rows.order_by("pk"))


def _record(by: Actor, row: Rubric, action: str, detail: dict[str, object]) -> None:
    history.record(by=by, workspace=by.workspace, action=action, target=row, detail=detail)
