"""Admin: members, links and settings, for Alice only."""

import re

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import Invitation, Membership, Workspace
from apps.accounts.permissions import Actor, Role
from tests import factories

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=["clinic", *args])


def member_of(actor: Actor) -> Membership:
    return actor.user.memberships.get(workspace=actor.workspace)


def actions(member: Membership, invitation: Invitation) -> list[tuple[str, dict[str, str]]]:
    return [
        (url("member-invite"), {"role": "viewer"}),
        (url("member-role", member.pk), {"role": "viewer"}),
        (url("member-password-link", member.pk), {}),
        (url("member-deactivate", member.pk), {}),
        (url("member-reactivate", member.pk), {}),
        (url("invitation-withdraw", invitation.pk), {}),
        (url("settings"), {"name": "x", "unlicensed_judge": "allow"}),
    ]


def test_alice_may_bob_may_not_and_for_charlie_there_is_nothing(alice: Actor, bob: Actor, charlie: Actor) -> None:
    invitation = services.invite(by=alice, role=Role.VIEWER).invitation
    for address in (url("members"), url("settings")):
        statuses = [factories.signed_in(actor).get(address).status_code for actor in (alice, bob, charlie)]
        assert statuses == [200, 403, 404]
    for address, body in actions(member_of(bob), invitation):
        assert factories.signed_in(bob).post(address, body).status_code == 403
        assert factories.signed_in(charlie).post(address, body).status_code == 404
        assert factories.signed_in(alice).get(address).status_code in {200, 405}
    for address, body in actions(member_of(bob), invitation):
        assert factories.signed_in(alice).post(address, body).status_code in {200, 302}


@pytest.mark.parametrize(
    ("role", "leads_to"), [(Role.ADMIN, "members"), (Role.APPROVER, "tokens"), (Role.AUTHOR, "tokens")]
)
def test_admin_opens_at_the_first_tab_one_may_open(alice: Actor, role: Role, leads_to: str) -> None:
    browser = factories.signed_in(factories.make_actor(role))
    assert browser.get(url("admin"))["Location"] == url(leads_to)


def test_admin_is_in_the_navigation_of_authors_only(bob: Actor) -> None:
    author = factories.signed_in(factories.make_actor(Role.AUTHOR)).get("/profile/").content.decode()
    assert f'href="{url("admin")}"' in author
    assert f'href="{url("admin")}"' not in factories.signed_in(bob).get("/profile/").content.decode()
    assert factories.signed_in(bob).get(url("admin")).status_code == 403


def test_an_invitation_shows_its_link_once(alice: Actor, settings) -> None:
    browser = factories.signed_in(alice)
    page = browser.post(url("member-invite"), {"role": "author", "email": "dora@example.org"})
    found = re.search(r"http://testserver(/links/[\w-]{43}/)", page.content.decode())
    assert found
    assert "no-store" in page["Cache-Control"]
    assert found[1] not in browser.get(url("members")).content.decode()
    assert "for dora@example.org" in browser.get(url("members")).content.decode()
    settings.STUDIO_PUBLIC_URL = "https://studio.example.org/"
    page = browser.post(url("member-invite"), {"role": "viewer"})
    assert "https://studio.example.org/links/" in page.content.decode()
    assert browser.post(url("member-invite"), {"role": "king"}).status_code == 422


def test_a_password_link_is_shown_and_stolen_accounts_elsewhere_are_not_possible(
    alice: Actor, bob: Actor, charlie: Actor
) -> None:
    browser = factories.signed_in(alice)
    page = browser.post(url("member-password-link", member_of(bob).pk)).content.decode()
    assert "Password link for bob" in page
    assert "/links/" in page
    factories.make_member(Role.VIEWER, user=bob.user, workspace=charlie.workspace)
    assert browser.post(url("member-password-link", member_of(bob).pk)).status_code == 403


def test_the_last_admin_is_told_why_not(alice: Actor) -> None:
    browser = factories.signed_in(alice)
    member = member_of(alice)
    for address, body in (
        (url("member-role", member.pk), {"role": "viewer"}),
        (url("member-deactivate", member.pk), {}),
    ):
        assert browser.post(address, body).status_code == 409
    assert member_of(alice).active


def test_a_deactivated_member_is_out_at_once(alice: Actor, bob: Actor) -> None:
    author = factories.make_actor(Role.AUTHOR)
    theirs = factories.signed_in(author)
    assert theirs.get(url("tokens")).status_code == 200
    factories.signed_in(alice).post(url("member-deactivate", member_of(author).pk))
    assert theirs.get(url("tokens")).status_code == 404
    factories.signed_in(alice).post(url("member-reactivate", member_of(author).pk))
    assert theirs.get(url("tokens")).status_code == 200


def test_unknown_members_and_roles(alice: Actor, bob: Actor, charlie: Actor) -> None:
    browser = factories.signed_in(alice)
    assert browser.post(url("member-deactivate", member_of(charlie).pk)).status_code == 404
    assert browser.post(url("member-role", member_of(bob).pk), {"role": "king"}).status_code == 422
    assert browser.post(url("invitation-withdraw", 999)).status_code == 404


def test_settings_are_stored(alice: Actor) -> None:
    browser = factories.signed_in(alice)
    good = {"name": "Our clinic", "unlicensed_judge": "refuse", "retention_days": "30"}
    assert browser.post(url("settings"), {**good, "retention_days": "-1"}).status_code == 422
    assert browser.post(url("settings"), good).status_code == 302
    workspace = Workspace.objects.get(slug="clinic")
    assert (workspace.name, workspace.settings["retention_days"]) == ("Our clinic", 30)
    assert "Our clinic" in browser.get(url("settings")).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_members(alice: Actor) -> None:
    browser, counts = factories.signed_in(alice), []
    for number in (1, 12):
        for _ in range(number):
            factories.make_member(Role.VIEWER)
            services.invite(by=alice, role=Role.VIEWER)
        counts.append(factories.count_queries(browser, url("members")))
    assert browser.get(url("members")).content.decode().count("member-row-") == 14
    assert counts[0] == counts[1] <= 20
