"""Reference profiles of a workspace, and the versions its standards matrix is made of."""

from dataclasses import dataclass

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor
from apps.rubrics.models import RubricVersion, VersionStatus

MOST_IN_MATRIX = 300


@dataclass(frozen=True)
class ReferenceProfile:
    """What the dimensions should weigh in a scenario and discipline; "" stands for all."""

    scenario: str
    discipline: str
    weights: dict[str, float]


def reference_profiles(workspace: Workspace) -> list[ReferenceProfile]:
    """All profiles, in order of their cell."""
    kept = workspace.settings.get("reference_profiles", [])
    found = [ReferenceProfile(one["scenario"], one["discipline"], one["weights"]) for one in kept]
    return sorted(found, key=lambda one: (one.scenario, one.discipline))


def matrix_versions(actor: Actor) -> list[RubricVersion]:
    """The approved versions of the library, approved last first; at most as many as one page can add up."""
    return list(
        RubricVersion.objects.filter(
            rubric__workspace=actor.workspace, rubric__rubric_set=None, rubric__archived_at=None,
            status=VersionStatus.APPROVED,
        )
        .select_related("rubric__workspace", "translation_of__rubric")
        .prefetch_related("criteria__group", "groups__parent", "guidelines")
        .order_by("-approved_at", "-pk")[:MOST_IN_MATRIX]
    )  # fmt: skip
