"""The full form of a criterion: its rows of levels and examples, its tags, its reading line, and what it stores."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db
AUTOSAVE = {"HX-Request": "true", "X-Autosave": "1"}


@pytest.fixture
def client(author: Actor) -> Client:
    return factories.signed_in(author)


def address(draft: RubricVersion, name: str = "criterion-edit") -> str:
    row = draft.criteria.get(criterion_id="c_drug")
    return reverse(f"rubrics:{name}", args=["clinic", "letters", 1, *([row.pk] if name == "criterion-edit" else [])])


def typed(client: Client, draft: RubricVersion, **changes: str) -> dict[str, str]:
    """What the open form sends: everything it shows, with these changes."""
    form = client.get(address(draft), headers={"HX-Request": "true"}).context["opened"]["form"]
    parts = [form, form.levels.management_form, form.examples.management_form, *form.levels, *form.examples]
    said: dict[str, str] = {}
    for part in parts:
        for field in part:
            value = field.value()
            if value not in (None, "", []) and value is not False:
                said[field.html_name] = str(value)
    return said | {f"{form.prefix}-{name}": value for name, value in changes.items()}


def rows(prefix: str, given: list[dict[str, str]], before: int = 0) -> dict[str, str]:
    counts = {f"{prefix}-TOTAL_FORMS": str(len(given)), f"{prefix}-INITIAL_FORMS": str(before)}
    return counts | {f"{prefix}-{n}-{name}": value for n, row in enumerate(given) for name, value in row.items()}


def stored(draft: RubricVersion) -> dict[str, Any]:
    document = queries.draft_document(RubricVersion.objects.get(pk=draft.pk))
    found: dict[str, Any] = document["criteria"][0]
    return found


def test_a_kind_starts_with_what_it_needs(client: Client, draft: RubricVersion) -> None:
    for kind, part, said in (("ordinal", "levels", 3), ("numeric", "levels", 3), ("check", "check", 2)):
        answer = client.post(address(draft), typed(client, draft, kind=kind, check=""), headers=AUTOSAVE)
        assert answer.json()["filled"] is True
        assert len(stored(draft)[part]) == said
        services.undo(by=factories.make_actor(workspace=draft.rubric.workspace), version=draft)


def test_levels_are_taken_away_and_put_in_another_order(client: Client, draft: RubricVersion) -> None:
    client.post(address(draft), typed(client, draft, kind="ordinal"), headers=AUTOSAVE)
    two = [
        {"label": "met", "value": "0", "anchor": "<b>"},
        {"label": "not met", "value": "1"},
        {"label": "", "value": "0.3"},
    ]
    assert (
        client.post(address(draft), typed(client, draft, **rows("levels", two, 3)), headers=AUTOSAVE).status_code == 200
    )
    assert [(level["label"], level["value"]) for level in stored(draft)["levels"]] == [("met", 0), ("not met", 1)]
    falling = [{"label": "a", "value": "1"}, {"label": "b", "value": "0"}]
    refused = client.post(address(draft), typed(client, draft, **rows("levels", falling, 2)), headers=AUTOSAVE)
    assert refused.status_code == 422
    assert '-levels_error"><li>Levels go from worst to best' in refused.content.decode()


def test_examples_say_what_they_are(client: Client, draft: RubricVersion) -> None:
    given = [
        {"value": "1", "text": "Take 5 mg.", "note": "names both"},
        {"value": "0.5", "text": "Take it."},
        {"value": "", "text": "Hm."},
        {"value": "0", "text": ""},
    ]
    client.post(address(draft), typed(client, draft, **rows("examples", given)), headers=AUTOSAVE)
    assert [(e["text"], e["value"], e["note"]) for e in stored(draft)["examples"]] == [
        ("Take 5 mg.", 1, "names both"), ("Take it.", 0.5, ""), ("Hm.", None, "")
    ]  # fmt: skip
    page = client.get(address(draft)).content.decode()
    assert '<option value="0.5" selected>borderline</option>' in page
    client.post(
        address(draft),
        typed(client, draft, **rows("examples", [{"value": "0.75", "text": "So."}], 3)),
        headers=AUTOSAVE,
    )
    assert '<option value="0.75" selected>value 0.75</option>' in client.get(address(draft)).content.decode()
    too_much = typed(client, draft, **rows("examples", [{"value": "7", "text": "So."}]))
    assert client.post(address(draft), too_much, headers=AUTOSAVE).status_code == 422


def test_tags_are_suggested_from_the_standards_and_the_rubric(
    client: Client, author: Actor, approver: Actor, draft: RubricVersion
) -> None:
    services.edit_criterion(
        by=author, version=draft, criterion_id="c_blame", changes={"tags": {"scenario": "ward <b>"}}
    )
    services.set_reference_profile(
        by=approver, scenario="clinic", discipline="cardiology", weights={"safety": 2.0, "tone": 1.0}
    )
    assert queries.tag_suggestions(draft) == {
        "dimension": ["safety", "tone"], "scenario": ["ward <b>", "clinic"], "discipline": ["cardiology"]
    }  # fmt: skip
    page = client.get(address(draft)).content.decode()
    assert '<option value="ward &lt;b&gt;"></option>' in page
    elsewhere = factories.make_version(rubric=factories.make_rubric(workspace=factories.make_workspace(slug="other")))
    assert not any(queries.tag_suggestions(elsewhere).values())


def test_the_reading_line_follows_the_text(client: Client, draft: RubricVersion) -> None:
    assert "6 words · reads like school year" in client.get(address(draft)).content.decode()
    hard = "Communicates circumstances necessitating expedited representation " * 4
    sent = {"criterion": "c_drug", "text": hard}
    answer = client.post(address(draft, "quality-typing"), sent).content.decode()
    assert "20 words · reads like school year 20</span> · shorter reads better" in answer
    services.edit_version(
        by=factories.make_actor(workspace=draft.rubric.workspace), version=draft, changes={"language": "de"}
    )
    german = client.post(address(draft, "quality-typing"), {"criterion": "c_drug", "text": "Nennt die Dosis klar."})
    assert "school year" not in german.content.decode()
