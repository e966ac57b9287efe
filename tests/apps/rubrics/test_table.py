"""The table's own edits: several rows at once, nesting, pasting, ways of weighing; and that undo takes each back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from domain import rubric
from tests import factories

pytestmark = pytest.mark.django_db
PASTE = "Safety:\n  - Names the drug (5)\n  - Blames the patient (-2)\n- =HYPERLINK(1)"


def said(version: RubricVersion, author: Actor) -> dict[str, Any]:
    return queries.draft_document(queries.get_version(author, "letters", version.number))


def url(name: str, *args: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", "letters", 1, *args])


def test_a_pasted_list_is_shown_before_it_is_stored(author: Actor, draft: RubricVersion) -> None:
    client = factories.signed_in(author)
    shown = client.post(url("criteria-paste"), {"texts": PASTE}).content.decode()
    assert "Understood: 3 criteria" in shown
    assert len(said(draft, author)["criteria"]) == 2
    client.post(url("criteria-paste"), {"texts": PASTE, "store": "1"})
    document = said(draft, author)
    group = document["groups"][0]
    added = [(c["text"], c["weight"], c["polarity"], c["group"]) for c in document["criteria"][2:]]
    assert added == [
        ("Names the drug", 5, "positive", group["id"]),
        ("Blames the patient", 2, "negative", group["id"]),
        ("=HYPERLINK(1)", 1, "positive", None),
    ]
    assert client.post(url("criteria-paste"), {"texts": " "}).status_code == 422


def test_ways_of_weighing(author: Actor, draft: RubricVersion) -> None:
    client: Client = factories.signed_in(author)
    before = said(draft, author)
    page = client.post(url("weighting"), {"mode": "points"}, follow=True).content.decode()
    assert "sum to 10" in page
    assert sum(c["weight"] for c in said(draft, author)["criteria"] if c["polarity"] == "positive") == pytest.approx(10)
    client.post(url("weighting"), {"mode": "tier", "essential": "4"})
    tiered = said(draft, author)
    for criterion in tiered["criteria"]:
        wanted = 0.9 if criterion["polarity"] == "negative" else {"essential": 4}.get(criterion["tier"], 0.7)
        assert criterion["weight"] in {wanted, 0.3}
    first = tiered["criteria"][0]["id"]
    services.edit_criterion(
        by=author, version=queries.get_version(author, "letters", 1), criterion_id=first, changes={"tier": "optional"}
    )
    assert said(draft, author)["criteria"][0]["weight"] in {0.3, 0.9}
    copied = services.new_draft(by=author, rubric=draft.rubric, source=queries.get_version(author, "letters", 1))
    assert queries.weighting_mode(copied) == rubric.Mode.TIER
    for _ in range(3):
        services.undo(by=author, version=draft)
    back = queries.get_version(author, "letters", 1)
    assert queries.draft_document(back) == before
    assert queries.weighting_mode(back) == rubric.Mode.WEIGHT
    assert client.post(url("weighting"), {"mode": "magic"}).status_code == 422
    assert client.post(url("weighting"), {"mode": "tier", "optional": "nan"}).status_code == 422
    assert client.post(url("weighting"), {"normalise": "10"}).status_code == 302


def test_strangers_and_viewers(charlie: Actor, viewer: Actor, draft: RubricVersion) -> None:
    for name in ("criteria-paste", "weighting", "criteria-bulk", "criterion-insert"):
        assert factories.signed_in(viewer).post(url(name), {"texts": "a"}).status_code == 403
        assert factories.signed_in(charlie).post(url(name), {"texts": "a"}).status_code == 404
