"""Rubrics of hundreds of criteria: what is drawn once, what is asked for apart, and that queries do not grow."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.rubrics import services
from apps.rubrics.models import RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db


def long(author: Actor, size: int, slug: str) -> RubricVersion:
    criteria: list[dict[str, Any]] = [
        {"id": f"c_{n}", "text": f"Names <b>{n}</b> and explains it.", "group": f"g_{n % 3}"} for n in range(size)
    ]
    groups = [{"id": f"g_{n}", "title": f"Group {n}"} for n in range(3)]
    document = factories.make_document(criteria=criteria, groups=groups)
    return services.create_rubric(by=author, document=document, slug=slug, title=slug)


def url(name: str, slug: str, *more: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", slug, 1, *more])


@pytest.fixture
def client(author: Actor) -> Client:
    return factories.signed_in(author)


def test_a_row_is_kept_for_what_it_says_and_filled_for_where_it_stands(client: Client, author: Actor) -> None:
    version = long(author, 6, "letters")
    first = client.get(url("edit", "letters")).content.decode()
    assert client.get(url("edit", "letters")).content.decode().count(" data-sort-id=") == 6
    assert "Names &lt;b&gt;0" in first
    assert "\0" not in first
    assert "<b>0</b>" not in first
    assert 'aria-label="Select criterion 6"' in first
    assert first.count("17\u00a0%") == 6
    services.edit_criterion(by=author, version=version, criterion_id="c_0", changes={"weight": 5.0, "text": "Anew."})
    after = client.get(url("edit", "letters")).content.decode()
    assert "Anew." in after
    assert after.count("data-share>50\u00a0%<") == 1
    assert after.count('<small class="muted" data-share>10\u00a0%') == 5


def test_what_others_may_do_does_not_come_from_a_kept_row(client: Client, author: Actor) -> None:
    long(author, 3, "letters")
    assert 'name="weight"' in client.get(url("edit", "letters")).content.decode()
    viewer = factories.signed_in(factories.make_actor(Role.VIEWER, workspace=author.workspace))
    shown = viewer.get(url("edit", "letters")).content.decode()
    assert "Names &lt;b&gt;0" in shown
    assert 'name="weight"' not in shown


def test_a_long_rubric_is_remarked_upon_by_a_request_of_its_own(client: Client, author: Actor) -> None:
    long(author, 101, "letters")
    shown = client.get(url("edit", "letters")).content.decode()
    assert 'hx-trigger="load, rubric-changed' in shown
    assert "Several things in one" not in shown
    panel = client.get(url("quality-panel", "letters")).content.decode()
    assert "Several things in one" in panel
    assert 'hx-trigger="rubric-changed' in panel


def test_queries_do_not_grow_with_the_rubric(client: Client, author: Actor) -> None:
    counted = []
    for size in (3, 120):
        long(author, size, f"letters-{size}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("edit", f"letters-{size}")).status_code == 200
        counted.append(len(queries))
    assert counted[1] <= counted[0]


def drawn(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"data-number>(\d+)<", text)]


def test_a_very_long_table_is_drawn_where_it_is_looked_at(client: Client, author: Actor) -> None:
    version = long(author, 750, "letters")
    shown = client.get(url("edit", "letters")).content.decode()
    assert drawn(shown) == list(range(1, 601))
    later = re.findall(r'data-count="(\d+)".*?data-weight="([\d.]+)".*?href="([^"]+)" hx-get="([^"]+)"', shown)
    assert [count for count, *_ in later] == ["100", "50"]
    assert sum(float(weight) for _, weight, *_ in later) == 150
    page, fragment = (html.unescape(address) for address in later[0][2:])
    assert drawn(client.get(page).content.decode()) == list(range(501, 751))
    rows = client.get(fragment).content.decode()
    assert drawn(rows) == list(range(601, 701))
    assert rows.lstrip().startswith("<tr")
    last = version.criteria.get(criterion_id="c_749")
    assert 750 in drawn(client.get(url("edit", "letters"), {"at": last.pk}).content.decode())
    bulk = client.post(
        url("criteria-bulk", "letters"), {"criteria": "c_749", "do": "duplicate"}, headers={"HX-Request": "true"}
    )
    assert 751 in drawn(bulk.content.decode())


def test_rows_asked_for_alone_are_limited_and_open_to_members_only(client: Client, author: Actor) -> None:
    long(author, 5, "letters")
    rows = url("criteria-rows", "letters")
    assert drawn(client.get(rows, {"from": "2", "to": "3"}).content.decode()) == [2, 3]
    assert drawn(client.get(rows, {"from": "x", "to": "99999999"}).content.decode()) == [1, 2, 3, 4, 5]
    assert drawn(client.get(rows, {"from": "9"}).content.decode()) == []
    stranger = factories.signed_in(factories.make_actor(workspace=factories.make_workspace(slug="other")))
    assert stranger.get(rows).status_code == 404
