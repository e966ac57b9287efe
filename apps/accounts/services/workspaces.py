"""Workspaces: the first one with its admin, further ones, their name and policies."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.text import slugify

from apps.accounts import permissions
from apps.accounts.models import Membership, User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.accounts.services import people
from apps.history import services as history
from domain import errors

UNLICENSED = ("allow", "refuse")


class WorkspaceTaken(errors.Conflict):
    """A workspace with this address exists."""

    default_code = "workspace_taken"


@transaction.atomic
def create_workspace(*, by: User, name: str, slug: str = "") -> Workspace:
    """Make another workspace, with its maker as admin."""
    permissions.check_create_workspace(by)
    return _make(by, name, slug)


@transaction.atomic
def bootstrap(*, username: str, password: str, slug: str, name: str = "", must_change_password: bool = False) -> Actor:
    """Make the first workspace and its admin, or an admin for a workspace that has none who can sign in."""
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        user = people.new_account(username=username, password=password)
        workspace = _make(user, name or slug, slug)
    else:
        user = people.create_person(by=None, workspace=workspace, username=username, password=password, role=Role.ADMIN)
    if must_change_password:
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
    return Actor(user=user, workspace=workspace, role=Role.ADMIN)


def _make(user: User, name: str, slug: str) -> Workspace:
    address = _checked_slug(slug or slugify(name)[:60])
    workspace = Workspace.objects.create(slug=address, name=_checked_name(name))
    member = Membership.objects.create(workspace=workspace, user=user, role=Role.ADMIN)
    actor = Actor(user=user, workspace=workspace, role=Role.ADMIN)
    history.record(by=actor, workspace=workspace, action="workspace.created", target=workspace)
    history.record(by=actor, workspace=workspace, action="member.added", target=member, detail={"role": "admin"})
    return workspace


@transaction.atomic
def change_settings(*, by: Actor, name: str, unlicensed_judge: str, retention_days: int | None) -> Workspace:
    """Name the workspace and set its policies."""
    by.require(Role.ADMIN, "change the settings of the workspace")
    by.require_scope("admin")
    if unlicensed_judge not in UNLICENSED:
        raise errors.Invalid("Judges without a passed exam are either allowed or refused.", code="policy_unknown")
    if retention_days is not None and not 1 <= retention_days <= 36_500:
        raise errors.Invalid("Keep data between 1 and 36,500 days, or leave it empty.", code="retention_invalid")
    workspace = Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    policies = {"unlicensed_judge": unlicensed_judge, "retention_days": retention_days}
    changed = sorted(key for key, value in policies.items() if workspace.settings.get(key) != value)
    workspace.name, workspace.settings = _checked_name(name), {**workspace.settings, **policies}
    workspace.save(update_fields=["name", "settings"])
    detail = {"changed": changed, **policies}
    history.record(by=by, workspace=workspace, action="workspace.settings_changed", target=workspace, detail=detail)
    return workspace


def _checked_name(name: str) -> str:
    if not name.strip():
        raise errors.Invalid("Give the workspace a name.", code="name_missing")
    return name.strip()[:120]


def _checked_slug(slug: str) -> str:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise errors.Invalid(
            "The address of a workspace has letters, digits, hyphens and underscores only.", code="slug_invalid"
        ) from error
    if Workspace.objects.filter(slug=slug).exists():
        raise WorkspaceTaken(f"There is a workspace with the address {slug} already.")
    return slug
