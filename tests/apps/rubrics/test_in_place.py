"""What is edited where it stands: gates in rows, groups in theirs, guidelines above the table, settings as they are."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from domain import errors, rubric
from tests import factories

pytestmark = pytest.mark.django_db
AUTOSAVE = {"HX-Request": "true", "X-Autosave": "1"}


@pytest.fixture
def client(author: Actor) -> Client:
    return factories.signed_in(author)


def url(name: str, *args: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", "letters", 1, *args])


def document(draft: RubricVersion) -> dict[str, Any]:
    return queries.draft_document(RubricVersion.objects.get(pk=draft.pk))


def make_groups(author: Actor, draft: RubricVersion, **parents: str | None) -> None:
    for name, parent in parents.items():
        services.add_group(by=author, version=draft, title=name, parent=parent)


def tree(draft: RubricVersion) -> list[tuple[str, str | None]]:
    return [(group["id"], group["parent"]) for group in document(draft)["groups"]]


def test_a_gate_is_set_changed_and_taken_away_in_its_row(client: Client, draft: RubricVersion) -> None:
    address = url("criterion-cell", draft.criteria.get(criterion_id="c_drug").pk)
    steps = [
        ({"gate_when": "below"}, {"when": "below", "value": 0.5, "floor": 0.0, "override": False}),
        (
            {"gate_when": "above", "gate_value": "0.25", "gate_effect": "set", "gate_floor": "-1"},
            {"when": "above", "value": 0.25, "floor": -1.0, "override": True},
        ),
        ({"gate_when": "", "gate_value": "0.25"}, None),
    ]
    for sent, stored in steps:
        assert client.post(address, sent, headers=AUTOSAVE).status_code == 204
        assert document(draft)["criteria"][0]["gate"] == stored
        shown = (
            "|".join(
                map(str, (stored["when"], stored["value"], "set" if stored["override"] else "limit", stored["floor"]))
            )
            if stored
            else ""
        )
        assert f'data-gate="{shown}"' in client.get(address).content.decode()
    assert client.post(address, {"gate_when": "below", "gate_value": "2"}, headers=AUTOSAVE).status_code == 422


def test_a_group_in_its_row(client: Client, author: Actor, draft: RubricVersion) -> None:
    make_groups(author, draft, safety=None)
    pk = draft.groups.get().pk
    assert f'action="{url("group-cell", pk)}"' in client.get(url("edit")).content.decode()
    sent = {"title": "Safety <b>", "weight": "2.5", "was-title": "safety", "was-weight": "1.0"}
    assert client.post(url("group-cell", pk), sent, headers=AUTOSAVE).status_code == 204
    assert (document(draft)["groups"][0]["title"], document(draft)["groups"][0]["weight"]) == ("Safety <b>", 2.5)
    steps = draft.revisions.count()
    client.post(
        url("group-cell", pk), {**sent, "weight": "3", "was-title": "Safety <b>", "was-weight": "2.5"}, headers=AUTOSAVE
    )
    assert draft.revisions.count() == steps
    late = {"title": "Safety", "weight": "1", "was-title": "Safety <b>", "was-weight": "1"}
    joined = client.post(url("group-cell", pk), late, headers=AUTOSAVE)
    assert joined.status_code == 204
    assert (document(draft)["groups"][0]["title"], document(draft)["groups"][0]["weight"]) == ("Safety", 3)
    clash = {"title": "Safety", "weight": "9", "was-title": "Safety", "was-weight": "1"}
    assert client.post(url("group-cell", pk), clash, headers=AUTOSAVE).status_code == 409
    for bad in ("", "nan", "-1"):
        assert client.post(url("group-cell", pk), {**sent, "weight": bad}, headers=AUTOSAVE).status_code == 422


def test_a_group_is_put_before_another_with_all_that_lies_in_it(
    client: Client, author: Actor, draft: RubricVersion
) -> None:
    make_groups(author, draft, a=None, b=None, c="b", d=None)
    assert client.post(url("groups-order"), {"moved": "b", "before": "a"}).status_code == 204
    assert tree(draft) == [("b", None), ("a", None), ("c", "b"), ("d", None)]
    client.post(url("groups-order"), {"moved": "d", "before": "c"})
    assert tree(draft)[-2:] == [("d", "b"), ("c", "b")]
    client.post(url("groups-order"), {"moved": "d", "before": ""})
    assert tree(draft)[-1] == ("d", None)
    assert client.post(url("groups-order"), {"moved": "b", "before": "c"}).status_code == 422
    assert client.post(url("groups-order"), {"moved": "zz", "before": "c"}).status_code == 404
    with pytest.raises(errors.NotFound):
        services.place_group(by=author, version=draft, group_id="a", before="zz")


def test_guidelines_are_saved_as_they_are_typed(client: Client, draft: RubricVersion) -> None:
    page = client.get(url("guidelines")).context
    data = {"guidelines-TOTAL_FORMS": "1", "guidelines-INITIAL_FORMS": "0", "guidelines-0-text": "Be <i>strict</i>."}
    seen = {"revision": page["guidelines_seen"], "base": page["guidelines_base"]}
    first = client.post(url("guidelines"), data | seen, headers=AUTOSAVE)
    assert (first.json()["filled"], first.json()["joined"]) == (True, False)
    (kept,) = document(draft)["guidelines"]
    again = data | {"guidelines-0-id": kept["id"], "guidelines-0-text": "Be very strict."}
    seen = {"revision": first["X-Revision"], "base": first.json()["base"]}
    second = client.post(url("guidelines"), again | seen, headers=AUTOSAVE)
    assert second.json()["filled"] is False
    assert document(draft)["guidelines"] == [{"id": kept["id"], "text": "Be very strict."}]
    assert draft.revisions.count() == 2
    assert "Be very strict." in client.get(url("edit")).content.decode()
    gone = {"guidelines-TOTAL_FORMS": "0", "guidelines-INITIAL_FORMS": "1"}
    assert client.post(url("guidelines"), gone).status_code == 302
    assert document(draft)["guidelines"] == []


def test_settings_are_saved_as_they_are_typed(client: Client, draft: RubricVersion) -> None:
    form = client.get(url("settings")).context["form"]
    typed = {
        field.name: str(field.value())
        for field in form
        if field.value() not in (None, "") and field.value() is not False
    }
    seen = client.get(url("settings")).context
    sent = typed | {"title": "Letters home", "revision": seen["seen"], "base": seen["base"]}
    answer = client.post(url("settings"), sent, headers=AUTOSAVE)
    assert answer.json()["joined"] is False
    assert document(draft)["title"] == "Letters home"
    wrong = client.post(url("settings"), sent | {"floor": "9"}, headers=AUTOSAVE)
    assert wrong.status_code == 422
    assert 'id="id_floor_error"' in wrong.content.decode()


def test_an_empty_draft_teaches_and_lets_choose_how_to_weigh(client: Client, author: Actor) -> None:
    services.create_rubric(
        by=author, document={"format": rubric.FORMAT, "title": "Letters", "criteria": []}, slug="letters"
    )
    page = client.get(url("edit")).content.decode()
    for words in ("No criteria yet", "Weigh by", "Paste", "Import", "Guidelines for every criterion"):
        assert words in page
    client.post(url("weighting"), {"mode": "tier", "optional": "0.6"})
    client.post(url("criterion-add"), {"texts": "Names the drug."})
    client.post(url("criterion-insert"), {"text": "Names the dose."})
    version = queries.get_version(author, "letters", 1)
    assert [c["weight"] for c in queries.draft_document(version)["criteria"]] == [0.6, 0.6]


def test_who_may(viewer: Actor, author: Actor, charlie: Actor, draft: RubricVersion) -> None:
    make_groups(author, draft, safety=None)
    pk = draft.groups.get().pk
    for actor, status in ((viewer, 403), (charlie, 404)):
        browser = factories.signed_in(actor)
        for address in (url("group-cell", pk), url("groups-order"), url("guidelines")):
            assert browser.post(address, {"title": "x", "weight": "1"}).status_code == status
