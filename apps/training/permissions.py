"""Who may do what with releases and training runs."""

from apps.accounts.permissions import Actor, Role


def may_release(actor: Actor) -> bool:
    """Whether to offer making and deprecating releases."""
    return actor.can(Role.APPROVER)


def may_train(actor: Actor) -> bool:
    """Whether to offer training runs and tokens."""
    return actor.can(Role.AUTHOR)


def may_export(actor: Actor) -> bool:
    """Whether to offer exports of data for training."""
    return actor.can(Role.AUTHOR)


def check_may_export(actor: Actor) -> None:
    """Authors and above take data for training with them, and make what is to be taken."""
    actor.require(Role.AUTHOR, "export data for training")
    actor.require_scope("exports:read")
