"""Suggested edits: by annotators, decided by authors, one by one."""

from typing import Any

import pytest

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries, services
from apps.rubrics.models import Hunk, Proposal, RubricVersion
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def annotator(workspace: Any) -> Actor:
    return factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="ann")


@pytest.fixture
def proposal(annotator: Actor, draft: RubricVersion) -> Proposal:
    document = queries.draft_document(draft)
    document["criteria"][0]["text"] = "Names each drug and its dose."
    document["criteria"][1]["weight"] = 2.0
    return services.propose(by=annotator, base=draft, document=document, note="Letters name several.")


def weights_and_texts(version: RubricVersion) -> list[tuple[str, float]]:
    return [(row.text, row.weight) for row in version.criteria.order_by("position")]


def test_a_suggestion_changes_nothing_until_accepted(author: Actor, draft: RubricVersion, proposal: Proposal) -> None:
    before = weights_and_texts(draft)
    assert before[0][0] == "Names the drug and its dose."
    version = services.accept_hunks(by=author, proposal=proposal, positions=[0])
    assert version.pk == draft.pk
    assert weights_and_texts(draft) == [("Names each drug and its dose.", 3.0), ("Blames the patient.", 1.0)]
    services.reject_hunks(by=author, proposal=proposal, reason="Too heavy.")
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.CLOSED
    assert list(proposal.hunks.values_list("decision", "reason")) == [("accepted", ""), ("rejected", "Too heavy.")]
    services.undo(by=author, version=draft)
    assert weights_and_texts(draft) == before
    with pytest.raises(services.Decided):
        services.accept_hunks(by=author, proposal=proposal)


def test_a_frozen_base_gets_one_new_draft(author: Actor, annotator: Actor, workspace: Any) -> None:
    frozen = factories.make_version(workspace=workspace, status="approved")
    document = queries.document(frozen)
    document["criteria"] = [{**document["criteria"][0], "text": "Names it."}, {"text": "Is short."}]
    row = services.propose(by=annotator, base=frozen, document=document)
    digest = frozen.digest
    first = services.accept_hunks(by=author, proposal=row, positions=[0])
    second = services.accept_hunks(by=author, proposal=queries.get_proposal(author, row.pk))
    assert first.pk == second.pk != frozen.pk
    assert {text for text, _ in weights_and_texts(second)} == {"Names it.", "Is short."}
    frozen.refresh_from_db()
    assert frozen.digest == digest


def test_later_edits_in_the_same_place_conflict(author: Actor, draft: RubricVersion, proposal: Proposal) -> None:
    services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes={"text": "Names all."})
    views = queries.hunks_of(queries.get_proposal(author, proposal.pk))
    assert [[clash.current for clash in view.clashes] for view in views] == [["Names all."], []]
    with pytest.raises(services.HunkConflict):
        services.accept_hunks(by=author, proposal=proposal)
    assert not Hunk.objects.exclude(decision="open").exists()
    services.accept_hunks(by=author, proposal=proposal, force=True)
    assert weights_and_texts(draft) == [("Names each drug and its dose.", 3.0), ("Blames the patient.", 2.0)]


def test_who_may_do_what(
    author: Actor, annotator: Actor, viewer: Actor, draft: RubricVersion, proposal: Proposal
) -> None:
    document = {**queries.draft_document(draft), "title": "Other"}
    with pytest.raises(errors.NotAllowed):
        services.propose(by=viewer, base=draft, document=document)
    for step in (services.accept_hunks, services.reject_hunks):
        with pytest.raises(errors.NotAllowed):
            step(by=annotator, proposal=proposal)
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"))
    with pytest.raises(errors.NotFound):
        queries.get_proposal(stranger, proposal.pk)
    with pytest.raises(errors.NotFound):
        services.accept_hunks(by=stranger, proposal=proposal)
    with pytest.raises(errors.NotAllowed):
        services.close_proposal(by=author, proposal=proposal)
    assert services.close_proposal(by=annotator, proposal=proposal).state == "closed"


def test_the_pages(author: Actor, annotator: Actor, draft: RubricVersion) -> None:
    base = f"/w/{draft.rubric.workspace.slug}/rubrics"
    page = f"{base}/letters/1/suggest/"
    browser = factories.signed_in(annotator)
    assert browser.get(page).status_code == 200
    sent = {"text-0": "Names <b>each</b> drug.", "weight-0": "3", "text-1": "Blames the patient.", "weight-1": "1"}
    answer = browser.post(page, {**sent, "added": "Is short.", "title": "Words"})
    row = Proposal.objects.get()
    assert answer.status_code == 302
    assert browser.post(page, {**sent, "text-0": "Names the drug and its dose."}).status_code == 422
    place = f"{base}/-/proposals/{row.pk}/"
    assert answer["Location"] == place
    shown = browser.get(place).content.decode()
    assert "&lt;" in shown
    assert "<b>each" not in shown
    assert "Words" in browser.get(f"{base}/letters/1/discuss/").content.decode()
    decider = factories.signed_in(author)
    decider.post(f"{place}accept/", {"hunk": "0", "text": "Names every drug."})
    decider.post(f"{place}reject/", {"hunk": "1", "reason": "Not needed."})
    assert weights_and_texts(draft)[0][0] == "Names every drug."
    assert "Not needed." in browser.get(place).content.decode()


def test_ones_own_suggestion_goes_on_while_something_waits(
    author: Actor, annotator: Actor, draft: RubricVersion
) -> None:
    page = f"/w/{draft.rubric.workspace.slug}/rubrics/letters/1/suggest/"
    browser = factories.signed_in(annotator)
    sent = {"text-0": "Names <b>each</b> drug.", "weight-0": "3", "text-1": "Blames the patient.", "weight-1": "1"}
    browser.post(page, {**sent, "title": "Words"})
    shown = browser.get(page).content.decode()
    assert "go on with your suggestion" in shown
    assert "Names &lt;b&gt;each&lt;/b&gt; drug." in shown
    browser.post(page, {**sent, "weight-1": "2", "title": "Words and weights"})
    row = Proposal.objects.get()
    assert (row.title, row.hunks.count()) == ("Words and weights", 2)
    with pytest.raises(errors.NotAllowed):
        services.revise_proposal(by=author, proposal=row, document=queries.draft_document(draft))
    services.accept_hunks(by=author, proposal=row, positions=[0])
    assert queries.own_suggestion(draft, annotator) == row
    fresh = queries.get_version(annotator, "letters", 1)
    document = queries.suggested_document(fresh, row)
    document["criteria"][1]["weight"] = 7.0
    services.revise_proposal(by=annotator, proposal=row, document=document, title="Words and weights")
    assert list(row.hunks.values_list("position", "decision", "after__weight")) == [(0, "accepted", 3), (1, "open", 7)]
    services.reject_hunks(by=author, proposal=row, positions=[1])
    assert queries.own_suggestion(draft, annotator) is None
    with pytest.raises(services.Decided):
        services.revise_proposal(by=annotator, proposal=row, document=queries.draft_document(draft))


def test_open_edits_stand_at_their_rows(
    author: Actor, annotator: Actor, viewer: Actor, draft: RubricVersion, proposal: Proposal
) -> None:
    base = f"/w/{draft.rubric.workspace.slug}/rubrics"
    place = f"{base}/letters/1/suggest/edits/"
    key = draft.criteria.get(criterion_id="c_drug").pk
    shown = factories.signed_in(author).get(place).content.decode()
    assert f'data-suggested-for="{key}"' in shown
    assert "<ins>each</ins>" in shown
    assert "Accept" in shown
    own = factories.signed_in(annotator).get(place).content.decode()
    assert "<ins>each</ins>" in own
    assert "Accept" not in own
    assert "<ins>" not in factories.signed_in(viewer).get(place).content.decode()
    answer = factories.signed_in(author).post(f"{base}/-/proposals/{proposal.pk}/accept/", {"hunk": "0", "beside": "1"})
    assert answer["Location"] == f"{base}/letters/1/"
    assert "<ins>each</ins>" not in factories.signed_in(author).get(place).content.decode()
