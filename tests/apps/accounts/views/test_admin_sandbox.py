"""Admin → Sandbox tells what holds here, and what is wrong where nothing runs."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Role
from apps.core import gateway
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


def page(client, role: Role):
    actor = factories.make_actor(role)
    client.force_login(actor.user)
    return client.get(reverse("accounts:sandbox", args=[actor.workspace.slug]))


def test_it_shows_each_means(client):
    answer = page(client, Role.ADMIN)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "A function was answered in" in shown
    assert shown.count('scope="row"') == len(gateway.sandbox_held())
    assert shown.count("Not here:") == sum(1 for why in gateway.sandbox_held().values() if why)


def test_others_may_not_look(client):
    assert page(client, Role.APPROVER).status_code == 403


def test_a_machine_without_one_says_so(client, monkeypatch):
    class Away:
        def run(self, task: str, request: object, /, *, seconds: float):
            raise errors.Unavailable("The sandbox for python cannot start on this machine: no.")

    monkeypatch.setattr(gateway, "sandbox_here", lambda **_: Away())
    shown = page(client, Role.ADMIN).content.decode()
    assert "No code can be run here." in shown
    assert "cannot start on this machine" in shown
