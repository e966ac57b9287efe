"""What can be released and pinned."""

from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricSetVersion, RubricVersion, VersionStatus


def approved_versions(actor: Actor) -> list[RubricVersion]:
    """What can be put into a release, one approved version a rubric."""
    found = RubricVersion.objects.filter(
        rubric__workspace=actor.workspace, rubric__rubric_set=None, status=VersionStatus.APPROVED
    )
    return list(found.select_related("rubric").order_by("rubric__title"))


def approved_sets(actor: Actor) -> list[RubricSetVersion]:
    """Approved versions of rubric sets."""
    found = RubricSetVersion.objects.filter(rubric_set__workspace=actor.workspace, status=VersionStatus.APPROVED)
    return list(found.select_related("rubric_set").order_by("rubric_set__title"))
