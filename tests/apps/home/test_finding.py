"""The palette finds what a person may see, by all the words, in few queries."""

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.home import queries
from tests import factories

pytestmark = pytest.mark.django_db
URL = reverse("home:find", args=["clinic"])


def found(actor: Actor, words: str) -> list[tuple[str, str]]:
    return [(one.group, one.label) for one in queries.find(actor, words) if one.group != "Go to"]


def test_it_finds_by_all_words_in_name_or_title(alice: Actor) -> None:
    factories.make_rubric(workspace=alice.workspace, slug="ward-letters", title="Discharge 100%")
    factories.make_rubric(workspace=alice.workspace, slug="mail", title="Customer mail")
    factories.make_dataset(workspace=alice.workspace, slug="ward", title="Ward answers")
    assert found(alice, "  LETTERS dis ") == [("Rubrics", "Discharge 100%")]
    assert found(alice, "ward") == [("Rubrics", "Discharge 100%"), ("Data sets", "Ward answers")]
    assert found(alice, "%") == [("Rubrics", "Discharge 100%")]
    assert found(alice, "nobody") == found(alice, "\x00") == []


def test_pages_follow_the_role(alice: Actor, workspace) -> None:
    viewer = factories.make_actor(Role.VIEWER, workspace=workspace)
    everything = {one.label for one in queries.find(alice, "")}
    assert {"Home", "Rubrics", "Members", "Your keys"} <= everything
    assert "Members" not in {one.label for one in queries.find(viewer, "")}
    assert [one.label for one in queries.find(alice, "your keys")] == ["Your keys"]


def test_strangers_find_nothing_of_others(alice: Actor, charlie: Actor) -> None:
    factories.make_rubric(workspace=alice.workspace, title="Secret letters")
    assert factories.signed_in(charlie).get(URL, {"q": "secret"}).status_code == 404
    assert found(charlie, "secret") == []
    body = factories.signed_in(alice).get(URL, {"q": "secret"}).json()["results"]
    assert body[0]["label"] == "Secret letters"
    assert factories.signed_in(alice).post(URL).status_code == 405


def test_it_asks_little(alice: Actor, django_assert_max_num_queries) -> None:
    for number in range(20):
        factories.make_rubric(workspace=alice.workspace, title=f"Letters {number}")
    with django_assert_max_num_queries(4):
        assert len(found(alice, "letters")) == 6
