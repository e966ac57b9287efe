"""What a workspace asks for before a version is approved."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from apps.accounts.models import Workspace

METRICS = {"percent": "equal decisions", "kappa": "Cohen's κ"}
MOST_APPROVERS = 3


@dataclass(frozen=True)
class ApprovalPolicy:
    """How many approvers, and which evidence; None switches a gate with a threshold off."""

    approvers: int = 1
    no_open_threads: bool = False
    no_lint_errors: bool = False
    no_opinions: bool = False
    adjudicated: int | None = None
    agreement: float | None = None
    agreement_metric: str = "percent"
    agreement_items: int = 20
    second_when_far: float | None = None
    second_when_tau_below: float | None = None
    set_bad_share: float | None = 0.1
    audits: Sequence[str] = ()
    label_consistency: float | None = None
    no_harmful: bool = False
    misleading_most: float | None = None


def approval_policy(workspace: Workspace) -> ApprovalPolicy:
    """The policy of the workspace, defaults included."""
    kept: dict[str, Any] = workspace.settings.get("approval", {})
    known = {field.name for field in fields(ApprovalPolicy)}
    return ApprovalPolicy(**{key: value for key, value in kept.items() if key in known})
