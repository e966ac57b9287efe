"""The table's own edits: several rows at once, nesting, pasting, ways of weighing; and that undo takes each back."""

import random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from domain import errors, pasting, rubric
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


def an_edit(chance: random.Random, author: Actor, version: RubricVersion, document: dict[str, Any]) -> None:
    names = [criterion["id"] for criterion in document["criteria"]]
    groups = [group["id"] for group in document["groups"]]
    ids = chance.sample(names, chance.randint(1, len(names))) if names else []
    common: dict[str, Any] = {"by": author, "version": version}
    edits = [
        lambda: services.insert_criterion(
            **common, after=chance.choice([None, *names]), values={"text": chance.choice(["<b>x</b>", "مرحبا", "=1+1"])}
        ),
        lambda: services.add_pasted(**common, criteria=pasting.read(PASTE).criteria),
        lambda: services.weigh_by(**common, mode=chance.choice(list(rubric.Mode))),
        lambda: services.normalise_points(**common),
    ]
    if ids:
        edits += [
            lambda: services.change_together(
                **common,
                ids=ids,
                changes={"tier": chance.choice([None, "optional"]), "tags": {"dimension": "d"}},
                factor=chance.choice([None, 0.5, 3]),
                group=chance.choice(["", "-", *(f"={name}" for name in groups)]),
                new_group=chance.choice(["", "", "Together"]),
            ),
            lambda: services.delete_criteria(**common, ids=ids[:2]),
            lambda: services.duplicate_criteria(**common, ids=ids[:3]),
            lambda: services.move_criteria(**common, ids=ids, direction=chance.choice(["up", "down"])),
            lambda: services.nest_criteria(**common, ids=ids),
            lambda: services.unnest_criteria(**common, ids=ids),
        ]
    if groups:
        way = chance.choice(["in", "out"])
        edits.append(lambda: services.nest_group(**common, group_id=chance.choice(groups), way=way))
    chance.choice(edits)()


@pytest.mark.parametrize("seed", range(4))
def test_any_edits_leave_a_valid_draft_and_undo_restores_it(author: Actor, draft: RubricVersion, seed: int) -> None:
    chance = random.Random(seed)
    states: list[tuple[dict[str, Any], dict[str, Any]]] = [(said(draft, author), {})]
    for _ in range(14):
        version = queries.get_version(author, "letters", 1)
        try:
            an_edit(chance, author, version, said(draft, author))
        except errors.Invalid:
            continue
        stored = queries.get_version(author, "letters", 1)
        document = queries.draft_document(stored)
        assert stored.digest == rubric.digest(rubric.parse(document))
        if document != states[-1][0]:
            states.append((document, stored.weighting))
    for document, _ in reversed(states[:-1]):
        services.undo(by=author, version=draft)
        assert said(draft, author) == document
    for document, _ in states[1:]:
        services.redo(by=author, version=draft)
        assert said(draft, author) == document
