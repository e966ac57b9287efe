"""Two people in one draft: what is joined, what is asked for, and what a browser cannot overwrite."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Autosave": "1", "HX-Request": "true"}


@pytest.fixture
def alice(author: Actor) -> Actor:
    return factories.make_actor(Role.AUTHOR, workspace=author.workspace, username="alice")


@pytest.fixture
def client(author: Actor) -> Client:
    return factories.signed_in(author)


def url(name: str, draft: RubricVersion, *more: int) -> str:
    return reverse(f"rubrics:{name}", args=[draft.rubric.workspace.slug, "letters", 1, *more])


def key(draft: RubricVersion) -> int:
    return draft.criteria.get(criterion_id="c_drug").pk


def typed(draft: RubricVersion, **fields: str) -> dict[str, str]:
    """The open form of the first criterion as a browser would send it."""
    row = draft.criteria.get(criterion_id="c_drug")
    part = next(c for c in queries.draft_document(draft)["criteria"] if c["id"] == "c_drug")
    plain = {"text": row.text, "kind": row.kind, "polarity": row.polarity, "weight": str(row.weight),
             "tier": row.tier or "", "evidence": row.evidence, **fields}  # fmt: skip
    counts = {f"c{row.pk}-{rows}-{name}_FORMS": "0" for rows in ("levels", "examples") for name in ("TOTAL", "INITIAL")}
    said = {f"c{row.pk}-{name}": value for name, value in plain.items()}
    return {"revision": queries.fingerprint(part), "base": json.dumps(part), **counts, **said}


def edit(alice: Actor, draft: RubricVersion, **changes: object) -> None:
    services.edit_criterion(by=alice, version=draft, criterion_id="c_drug", changes=changes)


def test_different_fields_and_different_words_are_joined(client: Client, alice: Actor, draft: RubricVersion) -> None:
    mine = typed(draft, text="Names the new drug and its dose.")
    edit(alice, draft, weight=8.0, text="Names the drug and its exact dose.")
    answer = client.post(url("criterion-edit", draft, key(draft)), mine, headers=AUTOSAVE)
    assert answer.status_code == 200
    assert answer.json()["joined"]
    row = draft.criteria.get(pk=key(draft))
    assert (row.text, row.weight) == ("Names the new drug and its exact dose.", 8.0)
    assert json.loads(answer.json()["base"])["weight"] == 8.0


@pytest.mark.parametrize(("picked", "stored"), [("mine", "My words."), ("theirs", "Hers."), ("edit", "Our words.")])
def test_one_field_in_two_ways_is_asked_for(
    client: Client, alice: Actor, draft: RubricVersion, picked: str, stored: str
) -> None:
    mine = typed(draft, text="My words.", tier="optional")
    edit(alice, draft, text="Hers.", weight=8.0)
    address = url("criterion-edit", draft, key(draft))
    fragment = client.post(address, mine, headers=AUTOSAVE)
    assert (fragment.status_code, fragment["X-Conflict"]) == (409, "1")
    assert fragment.content.decode().lstrip().startswith("<section")
    answer = client.post(address, mine)
    assert answer.status_code == 409
    assert "<ins>My" in answer.content.decode()
    assert "<ins>Hers</ins>" in answer.content.decode()
    assert [field.name for field in answer.context["fields"]] == ["text"]
    picks = {"against": answer.context["against"], "pick-text": picked, "edit-text": "Our words."}
    assert client.post(address, {**mine, **picks, "against": "old"}).status_code == 409
    assert client.post(address, {**mine, **picks}).status_code == 302
    row = draft.criteria.get(pk=key(draft))
    assert (row.text, row.weight, row.tier) == (stored, 8.0, "optional")


@pytest.mark.parametrize("base", ["", "[]", "{", "[" * 100_000, '{"tags": 3, "text": {}, "levels": []}'])
def test_a_base_that_says_nothing_overwrites_nothing(
    client: Client, alice: Actor, draft: RubricVersion, base: str
) -> None:
    mine = {**typed(draft, text="My words."), "base": base}
    edit(alice, draft, text="Hers.")
    assert client.post(url("criterion-edit", draft, key(draft)), mine).status_code == 409
    assert draft.criteria.get(pk=key(draft)).text == "Hers."


def test_cells_of_one_row_meet_only_in_the_same_field(client: Client, alice: Actor, draft: RubricVersion) -> None:
    address = url("criterion-cell", draft, key(draft))
    seen = typed(draft)["revision"]
    edit(alice, draft, text="Hers.")
    weight = {"weight": "9", "was-weight": "3", "revision": seen}
    assert client.post(address, weight, headers=AUTOSAVE).status_code == 204
    text = {"text": "My words.", "was-text": "Names the drug and its dose.", "revision": seen}
    answer = client.post(address, text, headers=AUTOSAVE)
    assert answer.status_code == 409
    assert "data-conflict" in answer.content.decode()
    row = draft.criteria.get(pk=key(draft))
    assert (row.text, row.weight) == ("Hers.", 9)


def test_guidelines_settings_and_groups_are_joined_too(client: Client, alice: Actor, draft: RubricVersion) -> None:
    services.add_group(by=alice, version=draft, title="Safety")
    page = client.get(url("settings", draft))
    table = client.get(url("edit", draft)).context
    form = {"revision": table["guidelines_seen"], "base": table["guidelines_base"]}
    hers = [{"id": "g_a", "text": "Hers."}]
    services.edit_version(by=alice, version=draft, changes={"guidelines": hers, "title": "Her title"})
    rows = {"guidelines-TOTAL_FORMS": "1", "guidelines-INITIAL_FORMS": "0", "guidelines-0-text": "Mine."}
    assert client.post(url("guidelines", draft), {**form, **rows}).status_code == 302
    assert {row.text for row in draft.guidelines.all()} == {"Hers.", "Mine."}
    mine = {"title": "My title", "base": page.context["base"], "revision": page.context["seen"], "language": "en",
            "sum": "weighted", "gate": "on", "negatives": "subtract", "normalise": "positive_weight",
            "unscored_essential": "null", "unscored_gate": "null", "unscored_pitfall": "null",
            "unscored_other": "exclude", "min_words": "1", "floor": "0"}  # fmt: skip
    answer = client.post(url("settings", draft), mine)
    assert answer.status_code == 409
    assert [field.name for field in answer.context["fields"]] == ["title"]
    group = draft.groups.get()
    base = client.get(url("group-edit", draft, group.pk)).context["base"]
    services.edit_group(by=alice, version=draft, group_id=group.group_id, changes={"weight": 4.0})
    typed_group = {"title": "Safe", "weight": "1", "parent": "", "base": base}
    assert client.post(url("group-edit", draft, group.pk), typed_group).status_code == 302
    group.refresh_from_db()
    assert (group.title, group.weight) == ("Safe", 4.0)


def test_a_viewer_and_a_stranger_join_nothing(viewer: Actor, draft: RubricVersion) -> None:
    mine = typed(draft, text="My words.")
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="elsewhere"))
    address = url("criterion-edit", draft, key(draft))
    assert factories.signed_in(viewer).post(address, mine).status_code == 403
    assert factories.signed_in(stranger).post(address, mine).status_code == 404
