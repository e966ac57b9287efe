"""The way in and out, without scripts."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import services
from apps.accounts.models import Membership, User
from apps.accounts.permissions import Actor, Role
from tests import factories

pytestmark = pytest.mark.django_db
GOOD = "correct horse battery"
LOGIN = "/sign-in/"


@pytest.fixture
def dora(alice: Actor) -> User:
    return services.create_person(by=alice, workspace=alice.workspace, username="dora", password=GOOD, role=Role.AUTHOR)


def sign_in(client: Client, username: str = "dora", password: str = GOOD, **more: str):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def test_everything_asks_for_a_sign_in(client: Client, alice: Actor) -> None:
    for name in ("accounts:profile", "accounts:password", "accounts:workspaces", "accounts:workspace-create"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOGIN)
    for name in ("accounts:members", "accounts:tokens", "accounts:settings", "accounts:admin", "history:list"):
        assert client.get(reverse(name, args=["clinic"]))["Location"].startswith(LOGIN)


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client, dora: User) -> None:
    page = client.get(f"{LOGIN}?next=/profile/")
    assert 'name="next" value="/profile/"' in page.content.decode()
    answer = sign_in(client, next="/profile/")
    assert (answer.status_code, answer["Location"]) == (302, "/profile/")
    assert client.get("/profile/").status_code == 200
    assert client.get(LOGIN).status_code == 302


def test_a_form_of_an_ended_session_leads_back_to_its_page(client: Client, dora: User) -> None:
    page = "http://testserver/w/clinic/rubrics/letters/1/?suggest=1"
    answer = client.post("/w/clinic/rubrics/letters/1/criteria/new/", {"texts": "Kind."}, headers={"Referer": page})
    assert (answer.status_code, parse_qs(urlsplit(answer["Location"]).query)) == (
        302, {"next": ["/w/clinic/rubrics/letters/1/?suggest=1"]},
    )  # fmt: skip
    assert sign_in(client, next="/w/clinic/rubrics/letters/1/?suggest=1")["Location"].endswith("/1/?suggest=1")


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_nobody_is_led_outside(client: Client, dora: User, onward: str) -> None:
    assert sign_in(client, next=onward)["Location"] == reverse("home:start")


def test_the_case_of_a_username_does_not_matter(client: Client, dora: User) -> None:
    assert sign_in(client, "Dora").status_code == 302


def test_a_wrong_password_is_said_without_saying_who_exists(client: Client, dora: User) -> None:
    answers = [sign_in(client, name, "wrong") for name in ("dora", "nobody")]
    assert [answer.status_code for answer in answers] == [422, 422]
    said = "Username and password do not belong together."
    assert all(said in answer.content.decode() for answer in answers)


def test_too_many_wrong_passwords_close_the_door_in_a_sentence(client: Client, dora: User, settings) -> None:
    answers = [sign_in(client, "dora", "wrong") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1].status_code == 429
    text = sign_in(client).content.decode()
    assert "Wait 15 minutes and try again" in text
    assert sign_in(client, "DORA").status_code == 429
    assert not client.session.get("_auth_user_id")


def test_signing_out_is_a_post(client: Client, dora: User) -> None:
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == LOGIN
    assert client.get("/profile/").status_code == 302


def test_the_theme_is_a_plain_form(client: Client, dora: User) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert (answer.status_code, answer["Location"], answer.cookies["theme"].value) == (302, LOGIN, "dark")
    assert 'data-theme="dark"' in client.get(LOGIN).content.decode()
    assert client.post("/theme/", {"theme": "pink"}).status_code == 422
    sign_in(client)
    client.post("/theme/", {"theme": "light", "next": "/profile/"})
    assert User.objects.get(pk=dora.pk).theme == "light"
    assert 'data-theme="light"' in client.get("/profile/").content.decode()
    other = Client()
    assert sign_in(other).cookies["theme"].value == "light"


def test_forms_need_their_secret(dora: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
    assert strict.post("/theme/", {"theme": "dark"}).status_code == 403


def test_an_invited_person_gets_in(client: Client, alice: Actor) -> None:
    made = services.invite(by=alice, role=Role.AUTHOR)
    url = reverse("accounts:link", args=[made.secret])
    page = client.get(url)
    assert "Join Clinic" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    bad = client.post(url, {"username": "alice", "password": GOOD, "again": "other"})
    assert bad.status_code == 422
    assert "The two passwords differ" in bad.content.decode()
    taken = client.post(url, {"username": "alice", "password": GOOD, "again": GOOD})
    assert "is taken" in taken.content.decode()
    weak = client.post(url, {"username": "eve", "password": "1234567890", "again": "1234567890"})
    assert weak.status_code == 422
    answer = client.post(url, {"username": "eve", "display_name": "Eve", "password": GOOD, "again": GOOD})
    assert answer.status_code == 302
    assert client.get(reverse("accounts:tokens", args=["clinic"])).status_code == 200
    again = Client().get(url)
    assert again.status_code == 404
    assert "This link no longer works" in again.content.decode()


def test_an_invited_colleague_joins_with_the_account_they_have(alice: Actor, charlie: Actor) -> None:
    made = services.invite(by=alice, role=Role.VIEWER)
    browser, url = factories.signed_in(charlie), reverse("accounts:link", args=[made.secret])
    assert "You are signed in as charlie" in browser.get(url).content.decode()
    assert browser.post(url).status_code == 302
    assert Membership.objects.get(user=charlie.user, workspace=alice.workspace).role == "viewer"


def test_a_password_link_signs_in(client: Client, alice: Actor, bob: Actor) -> None:
    made = services.make_password_link(by=alice, member=bob.user.memberships.get())
    url = reverse("accounts:link", args=[made.secret])
    assert "Choose a new password" in client.get(url).content.decode()
    assert client.post(url, {"password": "bob", "again": "bob"}).status_code == 422
    assert client.post(url, {"password": GOOD, "again": GOOD}).status_code == 302
    assert client.get("/profile/").status_code == 200


@pytest.mark.parametrize("secret", ["x", "x" * 43, "%00", "é"])
def test_other_links_lead_nowhere(client: Client, secret: str, db: None) -> None:
    assert client.get(f"/links/{secret}/").status_code == 404


def test_a_password_somebody_else_knows_is_changed_first(client: Client, alice: Actor) -> None:
    services.create_person(
        by=alice, workspace=alice.workspace, username="dora", password=GOOD, role=Role.ADMIN, must_change_password=True
    )
    assert sign_in(client)["Location"] == "/profile/password/"
    assert client.get(reverse("accounts:members", args=["clinic"]))["Location"] == "/profile/password/"
    assert "Choose one that only you know" in client.get("/profile/password/").content.decode()
    new = "another horse battery"
    answer = client.post("/profile/password/", {"old": GOOD, "password": new, "again": new})
    assert answer.status_code == 302
    assert client.get(reverse("accounts:members", args=["clinic"])).status_code == 200
