"""Who may audit."""

from apps.accounts.permissions import Actor, Role


def check_may_audit(actor: Actor) -> None:
    """Authors and above."""
    actor.require(Role.AUTHOR, "run audits")
    actor.require_scope("audits:write")


def check_may_read(actor: Actor) -> None:
    """Findings show what judges said, which those who decide blind must not learn."""
    actor.require(Role.AUTHOR, "read audits")


def check_may_license(actor: Actor) -> None:
    """Approvers have judges sit exams, which costs calls and gives licences."""
    actor.require(Role.APPROVER, "license judges")
    actor.require_scope("judges:write")


def check_may_plan(actor: Actor) -> None:
    """Approvers say which audits run by themselves."""
    actor.require(Role.APPROVER, "plan audits")
    actor.require_scope("audits:write")
