"""Who may do what with releases and training runs."""

from apps.accounts.permissions import Actor, Role


def may_release(actor: Actor) -> bool:
    """Whether to offer making and deprecating releases."""
    return actor.can(Role.APPROVER)


def may_train(actor: Actor) -> bool:
    """Whether to offer training runs and tokens."""
    return actor.can(Role.AUTHOR)
