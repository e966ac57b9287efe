"""Who may set judges, start runs and steer them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from apps.accounts.permissions import Actor, Role
from apps.judging.models import Call, JudgeVersion, Run
from domain import errors

if TYPE_CHECKING:
    from apps.datasets.models import Dataset
    from apps.rubrics.models import Rubric, RubricVersion

FOR_TRAINING = (Run.Purpose.REWARD, Run.Purpose.SHADOW, Run.Purpose.CANARY)
_SCOPES: dict[str, str] = {Run.Purpose.EXAM: "judges:write", **dict.fromkeys(FOR_TRAINING, "rewards:write")}


def check_may_set_judges(by: Actor) -> None:
    """Approvers decide which servers the studio speaks to."""
    by.require_scope("judges:write")
    by.require(Role.APPROVER, "set up judges")


def check_may_test(by: Actor, version: JudgeVersion) -> None:
    """Authors may try a judge that was set up."""
    check_belongs(by, version.judge.workspace_id, "judge")
    by.require_scope("judges:write")
    by.require(Role.AUTHOR, "test judges")


def check_may_license(by: Actor, version: JudgeVersion) -> None:
    """Approvers say which judges may serve, by exams that they passed."""
    check_belongs(by, version.judge.workspace_id, "judge")
    by.require_scope("judges:write")
    by.require(Role.APPROVER, "license judges")


def check_may_run(by: Actor, purpose: str) -> None:
    """Authors spend judge calls."""
    by.require_scope(_SCOPES.get(purpose, "runs:write"))
    by.require(Role.AUTHOR, "start runs")


def check_may_steer(by: Actor, run: Run) -> None:
    """Authors pause, resume, cancel and retry."""
    check_belongs(by, run.workspace_id, "run")
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "change runs")


def check_may_rescore(by: Actor, run: Run) -> None:
    """Authors have runs scored again."""
    check_belongs(by, run.workspace_id, "run")
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "score runs again")


def check_may_replay(by: Actor, call: Call) -> None:
    """Authors spend judge calls."""
    check_belongs(by, call.workspace_id, "call")
    by.require_scope("runs:write")
    by.require(Role.AUTHOR, "replay calls")


def check_may_pin(by: Actor, rubric: "Rubric") -> None:
    """Authors say together which answers stay beside their rubric."""
    check_belongs(by, rubric.workspace_id, "rubric")
    by.require_scope("rubrics:write")
    by.require(Role.AUTHOR, "pin answers")


def check_belongs(by: Actor, workspace_id: int, what: str) -> None:
    """Things of other workspaces do not exist for this person."""
    if by.workspace.pk != workspace_id:
        raise errors.NotFound(f"There is no such {what} in this workspace.", code=f"{what}_unknown")


def check_inputs(
    by: Actor,
    versions: "Iterable[RubricVersion]",
    judges: Iterable[JudgeVersion],
    dataset: "Dataset | None",
) -> None:
    """Everything a run is made of belongs to the actor's workspace."""
    for version in versions:
        check_belongs(by, version.rubric.workspace_id, "rubric")
    for judge in judges:
        check_belongs(by, judge.judge.workspace_id, "judge")
    if dataset is not None:
        check_belongs(by, dataset.workspace_id, "dataset")
