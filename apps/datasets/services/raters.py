"""Raters by name: members, outside people and models."""

from collections.abc import Iterable

from apps.accounts.models import User, Workspace
from apps.datasets.models import Rater
from apps.datasets.services import hashes
from domain import errors


def by_name(workspace: Workspace, wanted: Iterable[tuple[str | None, str]]) -> dict[str, Rater]:
    """The raters of these names and sorts, made where missing, in at most three queries."""
    sorts = {name: sort for name, sort in wanted if name}
    for name, sort in sorts.items():
        hashes.check_text(name, "A rater's name")
        if len(name) > 120 or sort not in Rater.Sort.values:
            raise errors.Invalid(
                f"The rater “{name[:60]}” needs a name of at most 120 characters and a sort of: "
                f"{', '.join(Rater.Sort.values)}.",
                code="rater_invalid",
            )
    found = {rater.name: rater for rater in workspace.raters.filter(name__in=sorts)}
    missing = [Rater(workspace=workspace, name=name, sort=sorts[name]) for name in sorts if name not in found]
    if missing:
        Rater.objects.bulk_create(missing, ignore_conflicts=True)
        found = {rater.name: rater for rater in workspace.raters.filter(name__in=sorts)}
    return found


def of_user(workspace: Workspace, user: User) -> Rater:
    """The rater that a member is; an outside rater of the same name stays another."""
    rater = workspace.raters.filter(user=user).first()
    if rater is not None:
        return rater
    taken = workspace.raters.filter(name=user.username).exists()
    name = f"{user.username} (member {user.pk})" if taken else user.username
    return workspace.raters.get_or_create(user=user, defaults={"name": name, "sort": Rater.Sort.HUMAN})[0]
