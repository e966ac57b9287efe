"""Workspaces: made by admins, named, given policies."""

from typing import Any

import pytest

from apps.accounts import queries, services
from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from domain import errors

pytestmark = pytest.mark.django_db


def test_an_admin_makes_another_workspace_and_runs_it(alice: Actor) -> None:
    made = services.create_workspace(by=alice.user, name=" Second Clinic ")
    assert (made.slug, made.name) == ("second-clinic", "Second Clinic")
    assert queries.actor_for(alice.user, made.slug).role == Role.ADMIN
    assert [workspace.slug for workspace in queries.workspaces_of(alice.user)] == ["clinic", "second-clinic"]


def test_others_make_none(bob: Actor) -> None:
    with pytest.raises(errors.NotAllowed):
        services.create_workspace(by=bob.user, name="Mine")


@pytest.mark.parametrize(("name", "slug"), [("", "x"), ("x", "a b"), ("…", ""), ("Clinic", "")])
def test_names_and_addresses_that_will_not_do(alice: Actor, name: str, slug: str) -> None:
    with pytest.raises((errors.Invalid, errors.Conflict)):
        services.create_workspace(by=alice.user, name=name, slug=slug)
    assert Workspace.objects.count() == 1


def test_settings_are_for_admins(alice: Actor, bob: Actor) -> None:
    given: dict[str, Any] = {"name": "New name", "unlicensed_judge": "refuse", "retention_days": None}
    with pytest.raises(errors.NotAllowed):
        services.change_settings(by=bob, **given)
    workspace = services.change_settings(by=alice, **given)
    assert (workspace.name, workspace.slug) == ("New name", "clinic")
    assert Entry.objects.get().detail["changed"] == ["unlicensed_judge"]


@pytest.mark.parametrize("wrong", [{"name": " "}, {"unlicensed_judge": "maybe"}, {"retention_days": 0}])
def test_settings_that_will_not_do(alice: Actor, wrong: dict) -> None:
    with pytest.raises(errors.Invalid):
        services.change_settings(
            by=alice, **{"name": "x", "unlicensed_judge": "allow", "retention_days": None, **wrong}
        )
