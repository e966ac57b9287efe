"""One's own account."""

import pytest
from django.test import Client

from apps.accounts import services
from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor, Role
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery"


def test_profile_is_shown_and_stored(bob: Actor) -> None:
    browser = factories.signed_in(bob)
    page = browser.get("/profile/").content.decode()
    assert "bob" in page
    assert "Clinic" in page
    assert browser.post("/profile/", {"display_name": "Bob B.", "email": "nonsense"}).status_code == 422
    assert browser.post("/profile/", {"display_name": "Bob B.", "email": ""}).status_code == 302
    bob.user.refresh_from_db()
    assert bob.user.name == "Bob B."


def test_changing_the_password_keeps_this_browser_and_signs_out_the_others(alice: Actor) -> None:
    services.create_person(by=alice, workspace=alice.workspace, username="dora", password=GOOD, role=Role.AUTHOR)
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post("/sign-in/", {"username": "dora", "password": GOOD})
    new = "another horse battery"
    wrong = here.post("/profile/password/", {"old": "x", "password": new, "again": new})
    assert "This is not your present password" in wrong.content.decode()
    assert here.post("/profile/password/", {"old": GOOD, "password": new, "again": new}).status_code == 302
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302


def test_people_without_a_workspace_are_told(db: None) -> None:
    browser = Client()
    browser.force_login(factories.make_user(), backend="django.contrib.auth.backends.ModelBackend")
    assert "You are in no workspace" in browser.get("/workspaces/").content.decode()
    assert browser.get("/profile/").status_code == 200


def test_workspaces_are_switched_by_link_and_remembered(alice: Actor, charlie: Actor) -> None:
    factories.make_member(Role.ADMIN, user=alice.user, workspace=charlie.workspace)
    browser = factories.signed_in(alice)
    assert "/w/elsewhere/" in browser.get("/workspaces/").content.decode()
    browser.get("/w/elsewhere/admin/members/")
    assert "<b>Elsewhere</b>" in browser.get("/profile/").content.decode()
    browser.get("/w/clinic/admin/members/")
    assert "<b>Clinic</b>" in browser.get("/profile/").content.decode()


def test_admins_make_workspaces(alice: Actor, bob: Actor) -> None:
    browser = factories.signed_in(alice)
    assert browser.post("/workspaces/new/", {"name": "Clinic", "slug": ""}).status_code == 422
    assert browser.post("/workspaces/new/", {"name": "Second", "slug": ""}).status_code == 302
    assert Workspace.objects.filter(slug="second").exists()
    assert factories.signed_in(bob).post("/workspaces/new/", {"name": "Mine", "slug": ""}).status_code == 403
