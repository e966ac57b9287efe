"""The rubric by which a judge is asked about criteria: a workspace gets it when somebody first asks."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor
from apps.history import services as history
from apps.rubrics import queries
from apps.rubrics.models import Rubric, RubricVersion, VersionStatus
from apps.rubrics.services import creation
from domain import errors, lint, rubric

SLUG = "good-criteria"
TAGS = ("about rubrics",)


@transaction.atomic
def rubric_for_criteria(*, by: Actor) -> RubricVersion:
    """The approved version to ask by; the first one comes with the studio, later ones are drafted and approved."""
    workspace = Workspace.objects.select_for_update(no_key=True).get(pk=by.workspace.pk)
    row = queries.criteria_rubric(workspace)
    if row is None:
        return _seeded(by, workspace)
    found = row.versions.select_related("rubric__workspace").filter(status=VersionStatus.APPROVED).first()
    if found is None:
        raise errors.Conflict(
            f"No version of the rubric {row.slug}, by which the judge is asked, is approved.",
            code="no_approved_version",
        )
    return found


def _seeded(by: Actor, workspace: Workspace) -> RubricVersion:
    """Nobody of the workspace wrote the first version, so nobody has to be told apart from its author."""
    said = rubric.parse(lint.good_criteria())
    slug = creation.free_slug(by, SLUG)
    row = Rubric.objects.create(workspace=workspace, slug=slug, title=said.title, tags=list(TAGS), created_by=None)
    version = creation.opened(by, row, said, parent=None, author=None)
    creation.freeze(version, said)
    version.status = VersionStatus.IN_REVIEW
    version.submitted_at = version.approved_at = timezone.now()
    version.save(update_fields=["status", "document", "digest", "judged_digest", "submitted_at", "approved_at"])
    version.status = VersionStatus.APPROVED
    version.save(update_fields=["status"])
    workspace.settings = {**workspace.settings, queries.CRITERIA_RUBRIC: row.pk}
    workspace.save(update_fields=["settings"])
    by.workspace.settings = workspace.settings
    history.record(
        by=by, workspace=workspace, action="rubric.came_with_studio", target=version, detail={"digest": version.digest}
    )
    return version
