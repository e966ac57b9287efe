"""The sample that stands for a set: drawn when it is submitted, read by somebody who had no part in it."""

import secrets

from django.db import transaction
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import permissions, queries
from apps.rubrics.models import RubricSet, RubricSetMember, RubricSetVersion, VersionStatus
from apps.rubrics.services import texts, workflow
from domain import errors, sampling

MOST_SEEDS = 2**31


def draw(row: RubricSetVersion, size: int | None) -> None:
    """Draw and store the sample of a set that is being submitted; its seed is nobody's to choose or foresee."""
    of = row.members.count()
    wanted = queries.usual_sample(row) if size is None else size
    least = queries.needed_sample(row)
    if not least <= wanted <= of:
        few = "fewer cannot show, even with no bad one found, that as few are bad as the workspace asks"
        reason = f"; {few}." if wanted < least else "."
        fault = errors.Problem("/sample_size", f"Declare a sample of {least} to {of} rubrics{reason}")
        raise errors.Invalid(fault.message, code="sample_size", problems=[fault])
    row.sample_seed, row.sample_size = secrets.randbelow(MOST_SEEDS), wanted
    members = list(row.members.order_by("pk"))
    drawn = sampling.at_random(members, wanted, seed=row.sample_seed)
    for place, member in enumerate(drawn, start=1):
        member.sample_place = place
    RubricSetMember.objects.bulk_update(drawn, ["sample_place"])


@transaction.atomic
def review_sampled(
    *, by: Actor, set_version: RubricSetVersion, place: int, ok: bool, note: str = ""
) -> RubricSetMember:
    """Say whether a rubric of the sample is good; the last word on each counts, and bad ones need a note."""
    RubricSet.objects.select_for_update(no_key=True).get(pk=set_version.rubric_set_id)
    row = RubricSetVersion.objects.select_related("rubric_set__workspace").get(pk=set_version.pk)
    permissions.check_may_approve_set(by, row)
    if row.status != VersionStatus.IN_REVIEW:
        raise workflow.WrongState(
            f"{row} is {row.get_status_display()}; a sample is read while its set is in review.",
            details={"status": row.status},
        )
    member = queries.sample_member(row, place)
    said = texts.note_of(note)
    if not ok and not said:
        fault = errors.Problem("/note", "Say what is wrong with it.")
        raise errors.Invalid("A rubric that is not good needs a note: what is wrong with it?", problems=[fault])
    member.sample_ok, member.sample_note = ok, said
    member.reviewed_by, member.reviewed_at = by.user, timezone.now()
    member.save(update_fields=["sample_ok", "sample_note", "reviewed_by", "reviewed_at"])
    history.record(
        by=by,
        workspace=row.rubric_set.workspace,
        action="rubric_set.sample_read",
        target=row,
        detail={"place": place, "rubric": str(member.version), "ok": ok, "note": said},
    )
    return member
