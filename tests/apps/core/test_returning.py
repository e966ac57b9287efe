"""The page to come back to: after a form, after a sign-in, and from an address that only takes forms."""

import pytest
from django.test import RequestFactory

from apps.accounts.permissions import Actor
from apps.core import returning
from tests import factories

EDIT = "/w/clinic/rubrics/letters/1/"
PAGE = f"http://testserver{EDIT}?suggest=1"


def test_a_page_is_its_own_way_back() -> None:
    request = RequestFactory().get("/w/clinic/runs/?state=done", headers={"Referer": PAGE})
    assert returning.page_of(request) == "/w/clinic/runs/?state=done"


def test_a_form_comes_back_to_the_page_it_stands_on() -> None:
    assert (
        returning.page_of(RequestFactory().post(f"{EDIT}criteria/new/", headers={"Referer": PAGE}))
        == f"{EDIT}?suggest=1"
    )


def test_a_fragment_comes_back_to_the_page_around_it() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{PAGE}#criteria", "Referer": "http://testserver/old/"}
    assert returning.page_of(RequestFactory().get(f"{EDIT}advice/", headers=headers)) == f"{EDIT}?suggest=1"


@pytest.mark.parametrize(
    "page", ["", "https://evil.example/w/", "http://testserver.evil.example/", "javascript:alert(1)"]
)
def test_a_page_that_is_not_ours_is_not_come_back_to(page: str) -> None:
    assert returning.page_of(RequestFactory().post("/w/clinic/", headers={"Referer": page} if page else {})) == "/"


@pytest.mark.parametrize("path", ["/w/clinic/rubrics/letters/1/criteria/new/", "/w/clinic/rubrics/letters/1/undo/"])
@pytest.mark.django_db
def test_the_address_of_a_form_leads_to_its_page(alice: Actor, path: str) -> None:
    version = factories.make_version(rubric=factories.make_rubric(slug="letters"), created_by=alice.user)
    client = factories.signed_in(alice)
    assert client.get(path).status_code == 405, "a program is told"
    answer = client.get(path, headers={"Accept": "text/html,*/*"}, follow=True)
    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, EDIT)
    assert version.rubric.title in answer.content.decode()


@pytest.mark.django_db
def test_what_is_asked_for_by_scripts_and_rest_keeps_its_answer(alice: Actor) -> None:
    client = factories.signed_in(alice)
    headers = {"Accept": "text/html", "HX-Request": "true"}
    assert client.get("/sign-out/", headers=headers).status_code == 405
    assert client.get("/sign-out/", headers={"Accept": "text/html"})["Location"] == "/"
    assert client.put("/sign-out/", headers={"Accept": "text/html"}).status_code == 405
