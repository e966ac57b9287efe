"""The table narrowed to a cell of the standards matrix and to words, also where it is very long."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db


def tagged(author: Actor, size: int) -> RubricVersion:
    """Every other criterion is of the dimension safety, every third in the ward, every fifth has no scenario."""
    criteria: list[dict[str, Any]] = []
    for n in range(size):
        tags = {"dimension": "safety" if n % 2 else "tone & style"}
        if n % 5:
            tags["scenario"] = "home" if n % 3 else "ward"
        criteria.append({"id": f"c_{n}", "text": f"Names dose {n}.", "group": f"g_{n // 1000}", "tags": tags})
    groups = [{"id": "g_0", "title": "First"}, {"id": "g_1", "title": "Second"}, {"id": "g_2", "title": "Empty"}]
    return services.create_rubric(
        by=author, document=factories.make_document(criteria=criteria, groups=groups), slug="letters", title="Letters"
    )


def url(name: str, *more: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", "letters", 1, *more])


@pytest.fixture
def client(author: Actor) -> Client:
    return factories.signed_in(author)


def drawn(page: str) -> list[int]:
    return [int(name) for name in re.findall(r'data-sort-id="c_(\d+)"', page)]


def later(page: str, name: str = "ids") -> list[int]:
    found = re.findall(rf' data-{name}="(\[[^"]*\])"', page)
    return [int(one.removeprefix("c_")) for ids in found for one in json.loads(html.unescape(ids))]


def test_the_matrix_leads_to_the_rows_of_a_cell(client: Client, author: Actor) -> None:
    tagged(author, 30)
    cell = client.get(f"{url('version-standards')}?rows=dimension&columns=scenario&row=safety&column=ward")
    [link] = re.findall(rf'href="({url("edit")}\?[^"]*)"', cell.content.decode())
    page = client.get(html.unescape(link)).content.decode()
    assert drawn(page) == [n for n in range(30) if n % 2 and n % 5 and n % 3 == 0]
    assert "4 of 30 shown" in page
    assert sorted(drawn(page) + later(page)) == list(range(30))
    assert later(page, "wanted") == []


def test_what_narrows_the_table_combines_and_is_dropped_one_by_one(client: Client, author: Actor) -> None:
    tagged(author, 30)
    both = client.get(f"{url('edit')}?dimension=tone+%26+style&find=DOSE+2").content.decode()
    assert drawn(both) == [n for n in range(30) if n % 2 == 0 and "2" in str(n)]
    marks = [html.unescape(one) for one in re.findall(r'class="chip a" href="([^"]+)"', both)]
    assert marks == [f"{url('edit')}?dimension=tone+%26+style", f"{url('edit')}?find=DOSE+2"]
    assert drawn(client.get(marks[1]).content.decode()) == [n for n in range(30) if "2" in str(n)]
    untagged = client.get(f"{url('edit')}?scenario=+").content.decode()
    assert drawn(untagged) == list(range(0, 30, 5))
    assert "scenario: no tag" in untagged
    nothing = client.get(f"{url('edit')}?scenario=nowhere").content.decode()
    assert "No criterion fits all of it." in nothing
    assert drawn(nothing) == []
    assert drawn(client.get(f"{url('edit')}?scenario=&find=").content.decode()) == list(range(30))
    assert client.get(f"{url('edit')}?find={'x' * 300}").status_code == 200


def test_groups_without_a_match_are_out_of_the_way(client: Client, author: Actor) -> None:
    tagged(author, 30)
    page = client.get(f"{url('edit')}?dimension=safety").content.decode()
    bodies = re.findall(r'<tbody class="depth-0( unmatched)?" data-block="(\w*)"', page)
    assert bodies == [("", "g_0"), (" unmatched", "g_1"), (" unmatched", "g_2")]


def test_thousands_of_rows_wait_and_only_fitting_ones_come(client: Client, author: Actor) -> None:
    tagged(author, 1500)
    page = client.get(f"{url('edit')}?dimension=safety").content.decode()
    assert drawn(page) == list(range(1, 1200, 2))
    assert sorted(later(page, "wanted")) == list(range(1201, 1500, 2))
    assert sorted(drawn(page) + later(page)) == list(range(1500))
    links = [html.unescape(one) for one in re.findall(r'hx-get="([^"]*/rows/[^"]*)"', page)]
    assert len(links) == 2
    more = [client.get(link).content.decode() for link in links]
    assert [n for rows in more for n in drawn(rows)] == list(range(1201, 1500, 2))
    whole = drawn(page) + [n for rows in more for n in drawn(rows) + later(rows)]
    assert sorted(whole + [n for n in later(page) if n < 1200]) == list(range(1500))
    assert "?dimension=safety&amp;from=" in page


def test_steps_keep_the_table_narrow(client: Client, author: Actor) -> None:
    version = tagged(author, 30)
    sent = {"do": "change", "criteria": ["c_1", "c_3"], "tier": "essential", "weight": "", "factor": ""}
    form = client.get(f"{url('edit')}?dimension=safety").content.decode()
    [action] = re.findall(r'id="bulk-form" method="post" action="([^"]+)"', form)
    answer = client.post(html.unescape(action), {**sent, "do": "delete"}, headers={"HX-Request": "true"})
    assert drawn(answer.content.decode()) == list(range(5, 30, 2))
    undone = client.post(f"{url('undo')}?dimension=safety")
    assert undone["Location"] == f"{url('edit')}?dimension=safety"
    assert len(queries.draft_document(RubricVersion.objects.get(pk=version.pk))["criteria"]) == 30


def test_narrowing_costs_no_query(client: Client, author: Actor) -> None:
    tagged(author, 30)
    client.get(url("edit"))
    assert factories.count_queries(client, url("edit")) == factories.count_queries(
        client, f"{url('edit')}?dimension=safety"
    )
