"""Where the rubric lies by which a judge is asked about criteria."""

from apps.accounts.models import Workspace
from apps.rubrics.models import Rubric

CRITERIA_RUBRIC = "criteria_rubric"


def criteria_rubric(workspace: Workspace) -> Rubric | None:
    """The workspace's rubric for criteria; None until somebody has asked a judge for the first time."""
    key = workspace.settings.get(CRITERIA_RUBRIC)
    return Rubric.objects.filter(workspace=workspace, pk=key).first() if key else None
