"""The history on screen and as a file."""

import csv
import io
import json

import psycopg
import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.permissions import Actor, Role
from apps.accounts.views import history as views
from apps.history import services as history
from apps.history.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"history:{name}", args=["clinic", *args])


def rows(page: str) -> int:
    return page.count('id="entry-row-')


def test_alice_may_bob_may_not_and_for_charlie_there_is_nothing(alice: Actor, bob: Actor, charlie: Actor) -> None:
    people = (alice, bob, charlie)
    for address in (url("list"), url("export", "csv"), url("export", "ndjson"), url("anchor")):
        assert [factories.signed_in(who).get(address).status_code for who in people] == [200, 403, 404]
    assert [factories.signed_in(who).post(url("verify")).status_code for who in people] == [302, 403, 404]
    approver = factories.make_actor(Role.APPROVER)
    assert factories.signed_in(approver).get(url("list")).status_code == 200


def test_filters(alice: Actor, bob: Actor, charlie: Actor) -> None:
    history.record(by=alice, workspace=alice.workspace, action="rubric.created", target=alice.workspace)
    history.record(by=bob, workspace=alice.workspace, action="review.answered")
    history.record(by=charlie, workspace=charlie.workspace, action="rubric.created")
    browser = factories.signed_in(alice)
    wanted = {
        "": 2,
        f"?person={bob.user.pk}": 1,
        "?action=rubric.": 1,
        "?action=nothing": 0,
        f"?target=workspace:{alice.workspace.pk}": 1,
        "?target=Clinic": 1,
        "?since=2020-01-01&until=2020-02-01": 0,
        "?since=2020-01-01": 2,
        "?since=nonsense": 2,
        f"?person={charlie.user.pk}": 2,
    }
    for query, count in wanted.items():
        assert rows(browser.get(url("list") + query).content.decode()) == count, query


def test_pages_follow_a_cursor(alice: Actor) -> None:
    for _ in range(60):
        history.record(by=alice, workspace=alice.workspace, action="test.done")
    browser = factories.signed_in(alice)
    first = browser.get(url("list"))
    assert rows(first.content.decode()) == 50
    onward = first.context["found"].next
    assert rows(browser.get(f"{url('list')}?before={onward}").content.decode()) == 10
    assert browser.get(f"{url('list')}?before=x").status_code == 422
    fragment = browser.get(url("list"), headers={"HX-Request": "true"})
    assert fragment.content.decode().startswith('<div id="entry-table">')
    assert "HX-Request" in fragment["Vary"]


def test_verifying_says_how_far_the_chain_holds(alice: Actor) -> None:
    history.record(by=alice, workspace=alice.workspace, action="test.done")
    browser = factories.signed_in(alice)
    assert "not verified in this session" in browser.get(url("list")).content.decode()
    page = browser.post(url("verify"), follow=True).content.decode()
    assert "Verified up to position 1" in page
    assert "verified up to position 1" in page


@pytest.mark.django_db(transaction=True)
def test_verifying_says_where_it_is_broken(alice: Actor, studio_server) -> None:
    for _ in range(2):
        history.record(by=alice, workspace=alice.workspace, action="test.done")
    history.seal_all(thorough=True)
    with psycopg.connect(studio_server.owner) as owner:
        owner.execute("UPDATE history_entry SET action = 'x' WHERE id = (SELECT max(id) FROM history_entry)")
    page = factories.signed_in(alice).post(url("verify"), follow=True).content.decode()
    assert "broken after position 1" in page
    assert "The entry at position 2 is not what was sealed." in page


def test_exports_carry_the_seals(alice: Actor) -> None:
    services.issue_token(by=alice, name="=cmd()", scopes=["rubrics:read"], expires_at=None)
    history.record(by=None, workspace=alice.workspace, action="test.done")
    history.seal_all(thorough=True)
    browser = factories.signed_in(alice)
    lines = [json.loads(line) for line in browser.get(url("export", "ndjson")).content.decode().splitlines()]
    assert [line["action"] for line in lines[:2]] == ["test.done", "token.issued"]
    assert lines[0]["previous"] == lines[1]["digest"]
    assert lines[2] == {"_end": True, "count": 2, "next_before": None}
    table = list(csv.DictReader(io.StringIO(browser.get(url("export", "csv")).content.decode())))
    assert [row["person"] for row in table] == ["", "alice"]
    assert table[1]["target_label"] == "'=cmd()"
    assert json.loads(table[1]["detail"])["scopes"] == ["rubrics:read"]


def test_long_exports_go_on(alice: Actor, monkeypatch) -> None:
    monkeypatch.setattr(views, "MOST_EXPORTED", 2)
    for _ in range(3):
        history.record(by=alice, workspace=alice.workspace, action="test.done")
    browser = factories.signed_in(alice)
    answer = browser.get(url("export", "csv"))
    onward = answer["X-Next-Before"]
    assert len(browser.get(f"{url('export', 'csv')}?before={onward}").content.decode().splitlines()) == 2


def test_the_number_of_queries_does_not_grow_with_the_entries(alice: Actor) -> None:
    browser, counts = factories.signed_in(alice), []
    for number in (1, 29):
        for _ in range(number):
            history.record(by=alice, workspace=alice.workspace, action="test.done")
        history.seal_all(thorough=True)
        counts.append(factories.count_queries(browser, url("list")))
    assert rows(browser.get(url("list")).content.decode()) == Entry.objects.count() == 30
    assert counts[0] == counts[1] <= 20
