"""Which tags people use on the three axes, to be offered where somebody types one."""

from collections import Counter

from django.db.models import Q

from apps.rubrics.models import Criterion, RubricVersion, VersionStatus
from apps.rubrics.queries.standards import reference_profiles
from domain.standards import AXES

NEWEST_VERSIONS = 40
MOST_TAGS = 60


def tag_suggestions(version: RubricVersion) -> dict[str, list[str]]:
    """Tags by axis: of this version, of the standards and of versions approved last; the most used come first."""
    workspace = version.rubric.workspace
    approved = RubricVersion.objects.filter(
        rubric__workspace=workspace, rubric__rubric_set=None, status=VersionStatus.APPROVED
    ).order_by("-approved_at")
    newest = list(approved.values_list("pk", flat=True)[:NEWEST_VERSIONS])
    rows = Criterion.objects.filter(Q(version__in=[*newest, version.pk]) & ~Q(tags={}))
    counts: dict[str, Counter[str]] = {axis: Counter() for axis in AXES}
    for tags in rows.order_by().values_list("tags", flat=True):
        for axis in AXES:
            if tag := tags.get(axis):
                counts[axis][tag] += 1
    for profile in reference_profiles(workspace):
        counts["dimension"].update(profile.weights.keys())
        counts["scenario"].update(filter(None, [profile.scenario]))
        counts["discipline"].update(filter(None, [profile.discipline]))
    return {axis: [tag for tag, _ in found.most_common(MOST_TAGS)] for axis, found in counts.items()}
