"""The table as a switch: edits go into one's own suggestion, for authors and annotators, on any version."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries, services
from apps.rubrics.models import Proposal, RubricVersion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def annotator(workspace: Any) -> Actor:
    return factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="ann")


def page(version: RubricVersion, more: str = "") -> str:
    return f"/w/{version.rubric.workspace.slug}/rubrics/{version.rubric.slug}/{version.number}/{more}"


def row(version: RubricVersion, criterion: str, more: str = "") -> str:
    key = version.criteria.get(criterion_id=criterion).pk
    return page(version, f"suggest/criteria/{key}/{more}")


def hunks() -> list[tuple[str, str]]:
    return list(Proposal.objects.get().hunks.values_list("op", "pointer"))


def cell(browser: Client, url: str, data: dict[str, str]) -> Any:
    return browser.post(url, data, headers={"X-Autosave": "1", "HX-Request": "true"})


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.ANNOTATOR])
def test_cells_go_into_one_suggestion_and_the_draft_stays(role: Role, workspace: Any, draft: RubricVersion) -> None:
    person = factories.make_actor(role, workspace=workspace, username="sam")
    browser = factories.signed_in(person)
    before = queries.draft_document(draft)
    first = cell(browser, row(draft, "c_drug", "cell/"), {"text": "Names <b>each</b> drug and its dose."})
    assert first.status_code == 204
    assert first["X-Revision"]
    assert cell(browser, row(draft, "c_drug", "cell/"), {"weight": "5"}).status_code == 204
    gate = {"gate_when": "below", "gate_value": "0.5", "gate_effect": "limit", "gate_floor": "0"}
    assert cell(browser, row(draft, "c_blame", "cell/"), gate).status_code == 204
    assert hunks() == [("change", "criteria/c_drug"), ("change", "criteria/c_blame")]
    assert Proposal.objects.get().hunks.values_list("after__weight", flat=True)[0] == 5
    fresh = queries.get_version(person, draft.rubric.slug, draft.number)
    assert queries.draft_document(fresh) == before
    assert fresh.revision == draft.revision
    shown = browser.get(page(draft, "?suggest=1")).content.decode()
    assert "nothing changes until an author accepts" in shown
    assert "Names &lt;b&gt;each&lt;/b&gt; drug" in shown
    assert 'name="weight" step="any" value="5"' in shown
    assert "/b&gt; drug" not in browser.get(page(draft)).content.decode()


def test_a_cell_with_a_fault_is_refused(annotator: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(annotator)
    assert cell(browser, row(draft, "c_drug", "cell/"), {"weight": "much"}).status_code == 422
    assert cell(browser, row(draft, "c_drug", "cell/"), {}).status_code == 422
    assert cell(browser, page(draft, "suggest/criteria/new-1/cell/"), {"text": "a"}).status_code == 404
    assert not Proposal.objects.exists()


def test_rows_are_added_edited_and_deleted_as_a_suggestion(annotator: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(annotator)
    part = {"HX-Request": "true"}
    made = browser.post(
        page(draft, "criteria/insert/?suggest=1"), {"text": "Is short.", "after": "c_drug"}, headers=part
    )
    assert "suggested, new" in made.content.decode()
    name = next(
        one["id"] for one in queries.suggesting(draft, annotator).wanted["criteria"] if one["text"] == "Is short."
    )
    key = queries.suggesting(draft, annotator).keys[name]
    assert cell(browser, page(draft, f"suggest/criteria/{key}/cell/"), {"text": "Is brief."}).status_code == 204
    gone = browser.post(page(draft, "criteria/bulk/?suggest=1"), {"criteria": "c_blame", "do": "delete"}, headers=part)
    assert '<del class="txt" dir="auto">Blames the patient.' in gone.content.decode()
    assert hunks() == [("add", f"criteria/{name}"), ("remove", "criteria/c_blame")]
    assert draft.criteria.count() == 2
    own = browser.get(page(draft, "suggest/edits/?suggest=1")).content.decode()
    assert "Delete it." in own
    assert "Take back" in own
    assert "Take back" in browser.get(page(draft, "suggest/edits/")).content.decode()
    deciding = factories.signed_in(factories.make_actor(Role.AUTHOR, workspace=annotator.workspace))
    assert "Take back" not in deciding.get(page(draft, "suggest/edits/")).content.decode()
    browser.post(page(draft, "criteria/bulk/?suggest=1"), {"criteria": name, "do": "delete"})
    assert hunks() == [("remove", "criteria/c_blame")]
    browser.post(row(draft, "c_blame", "back/"))
    assert not Proposal.objects.exists()
    assert [one["id"] for one in queries.suggesting(draft, annotator).shown["criteria"]] == ["c_drug", "c_blame"]


def test_the_form_holds_levels_and_notes(annotator: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(annotator)
    place = row(draft, "c_drug")
    key = place.split("/")[-2]
    opened = browser.get(place, headers={"HX-Request": "true"}).content.decode()
    assert f'action="{place}"' in opened
    assert "criterion-delete" not in opened
    whole = browser.get(place).content.decode()
    assert f'action="{place}"' in whole
    assert "nothing changes until an author accepts" in whole
    levels = {
        "TOTAL_FORMS": "2",
        "INITIAL_FORMS": "0",
        "0-label": "no",
        "0-value": "0",
        "1-label": "yes",
        "1-value": "1",
    }
    said = {
        "text": "Names the drug.", "kind": "ordinal", "polarity": "positive", "weight": "2", "evidence": "none",
        "notes": "From the ward.", "tier": "essential",
        **{f"levels-{name}": value for name, value in levels.items()},
        "examples-TOTAL_FORMS": "0", "examples-INITIAL_FORMS": "0",
    }  # fmt: skip
    sent = {f"c{key}-{name}": value for name, value in said.items()}
    answer = browser.post(place, sent, headers={"X-Autosave": "1", "HX-Request": "true"})
    assert answer.status_code == 200, answer.content.decode()
    after = Proposal.objects.get().hunks.get().after
    assert after is not None
    assert (after["notes"], after["tier"], [level["label"] for level in after["levels"]]) == (
        "From the ward.", "essential", ["no", "yes"],
    )  # fmt: skip
    done = browser.post(place, {**sent, f"c{key}-weight": "3"})
    assert done["Location"] == page(draft, f"?suggest=1#criterion-row-{key}")


def test_an_author_accepts_what_was_typed(author: Actor, annotator: Actor, draft: RubricVersion) -> None:
    cell(factories.signed_in(annotator), row(draft, "c_drug", "cell/"), {"text": "Names each drug."})
    services.accept_hunks(by=author, proposal=Proposal.objects.get())
    assert draft.criteria.get(criterion_id="c_drug").text == "Names each drug."


def test_a_title_stays_and_a_count_follows(annotator: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(annotator)
    cell(browser, row(draft, "c_drug", "cell/"), {"weight": "5"})
    cell(browser, row(draft, "c_blame", "cell/"), {"weight": "5"})
    mine = Proposal.objects.get()
    assert mine.title == "2 edits"
    document = queries.suggested_document(draft, mine)
    services.revise_proposal(by=annotator, proposal=mine, document=document, title="Weights", note="As agreed.")
    cell(browser, row(draft, "c_drug", "cell/"), {"weight": "6"})
    mine.refresh_from_db()
    assert (mine.title, mine.inputs["note"]) == ("Weights", "As agreed.")


def test_edits_that_no_longer_fit_are_not_lost(author: Actor, annotator: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(annotator)
    cell(browser, row(draft, "c_drug", "cell/"), {"text": "Names each drug."})
    services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"text": "Names all."})
    cell(browser, row(draft, "c_blame", "cell/"), {"weight": "5"})
    texts = dict(Proposal.objects.get().hunks.values_list("pointer", "after__text"))
    assert texts == {"criteria/c_blame": "Blames the patient.", "criteria/c_drug": "Names each drug."}


def test_frozen_versions_are_suggested_on_too(annotator: Actor, workspace: Any) -> None:
    frozen = factories.make_version(workspace=workspace, status="approved")
    name = frozen.criteria.order_by("position")[0].criterion_id
    browser = factories.signed_in(annotator)
    assert cell(browser, row(frozen, name, "cell/"), {"weight": "5"}).status_code == 204
    assert "data-cell-url" in browser.get(page(frozen, "?suggest=1")).content.decode()


def test_who_gets_which_table(author: Actor, annotator: Actor, viewer: Actor, draft: RubricVersion) -> None:
    reading = factories.signed_in(viewer)
    assert reading.get(page(draft, "?suggest=1")).status_code == 403
    for place in ("cell/", "back/", ""):
        assert reading.post(row(draft, "c_drug", place), {"text": "a"}).status_code == 403
    for place in ("criteria/insert/?suggest=1", "criteria/bulk/?suggest=1", "suggest/undo/"):
        assert reading.post(page(draft, place), {"text": "a", "criteria": "c_drug"}).status_code == 403
    assert "?suggest=1" not in reading.get(page(draft)).content.decode()
    suggesting = factories.signed_in(annotator)
    assert "data-cell-url" not in suggesting.get(page(draft)).content.decode()
    shown = suggesting.get(page(draft, "?suggest=1")).content.decode()
    assert "data-cell-url" in shown
    assert "data-drag" in shown
    assert suggesting.post(page(draft, "criteria/bulk/"), {"criteria": "c_drug", "do": "delete"}).status_code == 403
    assert cell(suggesting, row(draft, "c_drug", "cell/").replace("suggest/", ""), {"text": "a"}).status_code == 403
    assert 'data-key="o"' in factories.signed_in(author).get(page(draft)).content.decode()
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"))
    assert cell(factories.signed_in(stranger), row(draft, "c_drug", "cell/"), {"text": "a"}).status_code == 404
