"""Two versions become one draft: from what they share, by choices, as one step that can be taken back."""

from typing import Any

import pytest

from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.rubrics import queries, services
from apps.rubrics.models import Origin, RubricVersion
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(author: Actor, draft: RubricVersion) -> RubricVersion:
    return services.new_draft(by=author, rubric=draft.rubric, source=draft)


def say(by: Actor, version: RubricVersion, name: str, **changes: Any) -> None:
    services.edit_criterion(by=by, version=version, criterion_id=name, changes=changes)


def said(version: RubricVersion) -> list[tuple[str, float]]:
    fresh = RubricVersion.objects.get(pk=version.pk)
    return [(item["text"], item["weight"]) for item in queries.draft_document(fresh)["criteria"]]


def merged_into(version: RubricVersion) -> list[int]:
    return [row.other_id for row in queries.merges_in(version.rubric).get(version.pk, [])]


def merge(by: Actor, version: RubricVersion, other: RubricVersion, **picks: str) -> RubricVersion:
    fresh = queries.get_version(by, "letters", version.number)
    chosen = {f"criteria/{name}": way for name, way in picks.items()}
    return services.merge_into(
        by=by, version=fresh, other=queries.get_version(by, "letters", other.number), picks=chosen
    )


def test_both_sides_changes_meet_in_one_step(author: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    say(author, draft, "c_drug", weight=7.0)
    say(author, other, "c_drug", text="Names each drug and its dose.")
    say(author, other, "c_blame", weight=2.0)
    before = said(draft)
    merge(author, draft, other)
    assert said(draft) == [("Names each drug and its dose.", 7.0), ("Blames the patient.", 2.0)]
    assert merged_into(draft) == [other.pk]
    entry = Entry.objects.filter(action="rubric.merged").get()
    assert entry.detail["from"] == 2
    services.undo(by=author, version=draft)
    assert said(draft) == before
    assert merged_into(draft) == []
    services.redo(by=author, version=draft)
    assert merged_into(draft) == [other.pk]
    assert said(draft)[0] == ("Names each drug and its dose.", 7.0)


def test_the_same_words_are_asked_for(author: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    say(author, draft, "c_drug", text="Mine.")
    say(author, other, "c_drug", text="Theirs.")
    with pytest.raises(services.MergeOpen) as refused:
        merge(author, draft, other)
    assert refused.value.details["conflicts"] == ["criteria/c_drug/text"]
    assert said(draft)[0][0] == "Mine."
    assert not Origin.objects.filter(way="merged").exists()
    merge(author, draft, other, **{"c_drug/text": "both"})
    assert [text for text, _ in said(draft)] == ["Mine.", "Theirs.", "Blames the patient."]


def test_a_second_merge_starts_where_the_first_ended(author: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    say(author, other, "c_drug", text="Theirs.")
    merge(author, draft, other)
    say(author, draft, "c_drug", text="Mine, later.")
    say(author, other, "c_blame", weight=5.0)
    merge(author, draft, other)
    assert said(draft) == [("Mine, later.", 3.0), ("Blames the patient.", 5.0)]
    merge(author, other, draft)
    assert said(other) == said(draft)


def test_cousins_share_the_version_they_come_from(author: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    services.submit(by=author, version=other)
    frozen = queries.get_version(author, "letters", 2)
    one = services.new_draft(by=author, rubric=draft.rubric, source=frozen)
    two = services.new_draft(by=author, rubric=draft.rubric, source=frozen)
    state = queries.common_state(one, two)
    assert state is not None
    assert state.version.pk == frozen.pk
    say(author, draft, "c_drug", weight=9.0)
    earlier = queries.common_state(one, draft)
    assert earlier is not None
    assert (earlier.version.pk, earlier.said()["criteria"][0]["weight"]) == (draft.pk, 3.0)


def test_what_cannot_be_a_rubric_is_not_stored(author: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    say(author, draft, "c_drug", notes="m" * 15_000)
    say(author, other, "c_drug", notes="t" * 15_000)
    picks = {"criteria/c_drug/notes": "both"}
    plan = services.plan_merge(version=draft, other=other, picks=picks)
    assert [problem.pointer for problem in plan.problems] == ["/criteria/0/notes"]
    page = f"/w/{draft.rubric.workspace.slug}/rubrics/letters/1/merge/"
    sent = {"with": "2", "do": "merge", "pick:criteria/c_drug/notes": "both"}
    answer = factories.signed_in(author).post(page, sent)
    assert answer.status_code == 422
    assert "cannot be stored" in answer.content.decode()
    with pytest.raises(errors.Invalid):
        merge(author, draft, other, **{"c_drug/notes": "both"})
    assert not Origin.objects.filter(way="merged").exists()


def test_who_may_merge_and_what(author: Actor, viewer: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    with pytest.raises(errors.NotAllowed):
        merge(viewer, draft, other)
    with pytest.raises(errors.Invalid):
        merge(author, draft, draft)
    stranger = services.create_rubric(by=author, document=factories.make_document(), slug="strange")
    with pytest.raises(errors.Invalid):
        services.merge_into(by=author, version=draft, other=stranger, picks={})
    services.submit(by=author, version=draft)
    with pytest.raises(services.NotADraft):
        merge(author, draft, other)
    with pytest.raises(services.Stale):
        services.merge_into(by=author, version=other, other=draft, picks={}, seen="somewhen")


def test_the_page_shows_both_and_stores_the_choice(author: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    say(author, draft, "c_drug", text="Mine <b>is</b> mine.")
    say(author, other, "c_drug", text="Theirs.")
    say(author, other, "c_blame", weight=2.0)
    browser = factories.signed_in(author)
    page = f"/w/{draft.rubric.workspace.slug}/rubrics/letters/1/merge/"
    assert "Take over from" in browser.get(page).content.decode()
    shown = browser.get(f"{page}?with=2").content.decode()
    assert "Both changed this" in shown
    assert "<b>is</b>" not in shown
    sent = {"with": "2", "do": "merge"}
    assert browser.post(page, sent).status_code == 422
    assert said(draft)[0][0] == "Mine <b>is</b> mine."
    pick = {"pick:criteria/c_drug/text": "theirs"}
    preview = browser.post(page, {"with": "2", **pick}, headers={"HX-Request": "true"}).content.decode()
    assert "ready" in preview
    assert "<html" not in preview
    assert browser.post(page, {**sent, **pick, "seen": "old"}).status_code == 409
    answer = browser.post(page, {**sent, **pick})
    assert answer["Location"].endswith("/letters/1/")
    assert said(draft) == [("Theirs.", 3.0), ("Blames the patient.", 2.0)]
    browser.get(answer["Location"])
    versions = browser.get(f"/w/{draft.rubric.workspace.slug}/rubrics/letters/1/versions/").content.decode()
    assert "version 2 merged into it" in versions


def test_the_order_is_chosen(author: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    for text in ("Names the ward.", "Names the nurse."):
        services.add_criterion(by=author, version=draft, values={"text": text})
    fresh = services.new_draft(by=author, rubric=draft.rubric, source=queries.get_version(author, "letters", 1))
    last = draft.criteria.last()
    assert last is not None
    services.move_criteria(by=author, version=draft, ids=[last.criterion_id], direction="up")
    first = ["c_blame"]
    services.move_criteria(by=author, version=fresh, ids=first, direction="up")
    browser = factories.signed_in(author)
    page = f"/w/{draft.rubric.workspace.slug}/rubrics/letters/1/merge/"
    shown = browser.get(f"{page}?with=3").content.decode()
    assert "The order of the criteria" in shown
    assert 'name="pick:order/criteria" value="theirs" checked' in shown
    mine = [text for text, _ in said(draft)]
    theirs = [text for text, _ in said(fresh)]
    assert mine != theirs
    browser.post(page, {"with": "3", "do": "merge", "pick:order/criteria": "mine"})
    assert [text for text, _ in said(draft)] == mine
    services.undo(by=author, version=queries.get_version(author, "letters", 1))
    browser.post(page, {"with": "3", "do": "merge"})
    assert [text for text, _ in said(draft)] == theirs


def test_strangers_and_readers_find_no_merge_page(viewer: Actor, draft: RubricVersion, other: RubricVersion) -> None:
    page = f"/w/{draft.rubric.workspace.slug}/rubrics/letters/1/merge/?with=2"
    assert factories.signed_in(viewer).get(page).status_code == 403
    stranger = factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"))
    assert factories.signed_in(stranger).get(page).status_code == 404
