"""Who may write, submit, decide on and discuss rubrics."""

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.rubrics.models import RubricSetVersion, RubricVersion
from domain import errors


class OwnVersion(errors.NotAllowed):
    """Nobody approves what they wrote or submitted."""

    default_code = "own_version"


def check_belongs(by: Actor, workspace_id: int) -> None:
    """Rubrics of other workspaces do not exist for this person."""
    if by.workspace.pk != workspace_id:
        raise errors.NotFound("There is no such rubric in this workspace.", code="rubric_unknown")


def check_may_write(by: Actor, workspace: Workspace | int) -> None:
    """Authors write rubrics of their workspace."""
    check_belongs(by, workspace if isinstance(workspace, int) else workspace.pk)
    by.require_scope("rubrics:write")
    by.require(Role.AUTHOR, "write rubrics")


def check_may_decide(by: Actor, workspace_id: int, what: str) -> None:
    """Approvers decide on versions of their workspace."""
    check_belongs(by, workspace_id)
    by.require_scope("rubrics:approve")
    by.require(Role.APPROVER, what)


def check_may_approve(by: Actor, version: RubricVersion) -> None:
    """An approver who neither made, edited nor submitted the version."""
    check_may_decide(by, version.rubric.workspace_id, "approve a version")
    own = by.user.pk in {version.created_by_id, version.submitted_by_id}
    if own or version.revisions.filter(by=by.user).exists():
        raise OwnVersion("You wrote, edited or submitted this version, so another person must approve it.")


def check_may_approve_set(by: Actor, set_version: RubricSetVersion) -> None:
    """An approver who neither imported nor submitted the set."""
    rubric_set = set_version.rubric_set
    check_may_decide(by, rubric_set.workspace_id, "approve a rubric set")
    own = by.user.pk in {rubric_set.created_by_id, set_version.submitted_by_id}
    if own or set_version.members.filter(version__created_by=by.user).exists():
        raise OwnVersion("You imported or submitted this set, so another person must approve it.")


def check_may_withdraw(by: Actor, version: RubricVersion) -> None:
    """Whoever made or submitted the version, or an admin."""
    check_may_write(by, version.rubric.workspace_id)
    own = by.user.pk in {version.created_by_id, version.submitted_by_id}
    if not own and not by.can(Role.ADMIN):
        raise errors.NotAllowed(
            "Only the person who wrote or submitted this version, or an admin, may withdraw it.", code="not_own_version"
        )


def check_may_withdraw_set(by: Actor, set_version: RubricSetVersion) -> None:
    """Whoever imported or submitted the set, or an admin."""
    check_may_write(by, set_version.rubric_set.workspace_id)
    own = by.user.pk in {set_version.rubric_set.created_by_id, set_version.submitted_by_id}
    if not own and not by.can(Role.ADMIN):
        raise errors.NotAllowed(
            "Only the person who imported or submitted this set, or an admin, may withdraw it.", code="not_own_version"
        )


def check_may_propose(by: Actor, workspace_id: int) -> None:
    """Everyone but viewers suggests edits."""
    check_belongs(by, workspace_id)
    by.require_scope("proposals:write")
    by.require(Role.ANNOTATOR, "suggest edits")


def check_may_weigh(by: Actor, workspace_id: int) -> None:
    """Everyone but viewers says what matters; what follows is applied by authors and suggested by others."""
    check_belongs(by, workspace_id)
    by.require_scope("rubrics:write")
    by.require(Role.ANNOTATOR, "weigh criteria")


def check_may_decide_hunks(by: Actor, workspace_id: int) -> None:
    """Authors decide on what is suggested."""
    check_belongs(by, workspace_id)
    by.require_scope("proposals:write")
    by.require(Role.AUTHOR, "decide on suggested edits")


def check_may_discuss(by: Actor, workspace_id: int) -> None:
    """Everyone but viewers takes part in discussions; a token needs what suggesting needs, which annotators have."""
    check_belongs(by, workspace_id)
    by.require_scope("proposals:write")
    by.require(Role.ANNOTATOR, "take part in discussions")
