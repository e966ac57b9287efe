"""Whatever the editor offers becomes hunks of a suggestion, told readably, taken back and brought again."""

import html
import re
from typing import Any

import pytest
from django.test import Client

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
def tree(author: Actor) -> RubricVersion:
    """Five criteria: two in a group, one in a group inside it, two in none."""
    groups = [{"id": "safety", "title": "Safety"}, {"id": "doses", "title": "Doses", "parent": "safety"}]
    places = [None, "safety", "safety", "doses", None]
    criteria = [{"id": f"c_{n}", "text": f"Says thing {n}.", "group": group} for n, group in enumerate(places)]
    document = factories.make_document(criteria=criteria, groups=groups)
    return services.create_rubric(by=author, document=document, slug="tree")


@pytest.fixture
def browser(annotator: Actor) -> Client:
    return factories.signed_in(annotator)


def page(version: RubricVersion, more: str = "") -> str:
    return f"/w/{version.rubric.workspace.slug}/rubrics/{version.rubric.slug}/{version.number}/{more}"


def hunks() -> list[tuple[str, str]]:
    return list(Hunk.objects.filter(decision="open").values_list("op", "pointer"))


def wanted(version: RubricVersion, by: Actor) -> dict[str | None, list[str]]:
    fresh = queries.get_version(by, version.rubric.slug, version.number)
    return {one.group: list(one.criteria) for one in queries.outline(queries.suggesting(fresh, by).wanted)}


def bulk(browser: Client, version: RubricVersion, **sent: Any) -> Any:
    answer = browser.post(page(version, "criteria/bulk/?suggest=1"), sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def told(browser: Client, version: RubricVersion) -> str:
    row = Proposal.objects.get()
    shown = browser.get(f"/w/{version.rubric.workspace.slug}/rubrics/-/proposals/{row.pk}/").content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", shown)))


def test_moves_are_one_hunk_each_and_say_from_where_to_where(
    author: Actor, annotator: Actor, tree: RubricVersion, browser: Client
) -> None:
    before = queries.draft_document(tree)
    bulk(browser, tree, criteria="c_1", do="down")
    assert wanted(tree, annotator)["safety"] == ["c_2", "c_1"]
    assert hunks() == [("move", "criteria/c_1")]
    browser.post(page(tree, "criteria/order/?suggest=1"), {"group": "doses", "order": ["c_4", "c_3"]})
    assert wanted(tree, annotator)["doses"] == ["c_4", "c_3"]
    bulk(browser, tree, criteria="c_0", do="nest")
    assert ("move", "criteria/c_0") in hunks()
    assert {op for op, _ in hunks()} == {"move"}
    assert len(hunks()) == 3
    said = told(browser, tree)
    assert "Move criterion Says thing 4." in said
    assert "Moved from no group, behind “Says thing 0.”, to the group “Doses”, the first place." in said
    fresh = queries.get_version(author, "tree", 1)
    assert queries.draft_document(fresh) == before
    suggested = wanted(tree, annotator)
    services.accept_hunks(by=author, proposal=Proposal.objects.get())
    fresh = queries.get_version(author, "tree", 1)
    shown = {one.group: list(one.criteria) for one in queries.outline(queries.draft_document(fresh))}
    assert shown == suggested == {None: [], "safety": ["c_0", "c_2", "c_1"], "doses": ["c_4", "c_3"]}


def test_groups_are_added_named_weighed_moved_nested_and_dissolved(
    annotator: Actor, tree: RubricVersion, browser: Client
) -> None:
    sent = {"group-title": "Tone", "group-weight": "2", "group-parent": ""}
    assert browser.post(page(tree, "groups/new/?suggest=1"), sent).status_code == 302
    assert hunks() == [("add", "groups/tone")]
    shown = browser.get(page(tree, "?suggest=1")).content.decode()
    key = queries.suggesting(tree, annotator).groups["tone"]
    assert f'id="group-{key}"' in shown
    part = {"X-Autosave": "1"}
    place = page(tree, f"suggest/groups/{key}/cell/")
    assert browser.post(place, {"title": "<i>Voice</i>", "weight": "3"}, headers=part).status_code == 204
    assert Hunk.objects.get().after == {"id": "tone", "title": "<i>Voice</i>", "parent": None, "weight": 3.0}
    safety = tree.groups.get(group_id="safety").pk
    place = page(tree, f"suggest/groups/{safety}/cell/")
    assert browser.post(place, {"title": "Care", "weight": "much"}, headers=part).status_code == 422
    assert browser.post(place, {"title": "Care", "weight": "5"}, headers=part).status_code == 204
    assert ("change", "groups/safety") in hunks()
    bulk(browser, tree, of_group="tone", do="up")
    bulk(browser, tree, of_group="doses", do="unnest")
    assert ("move", "groups/doses") in hunks()
    browser.post(page(tree, "groups/order/?suggest=1"), {"moved": "doses", "before": "tone"})
    assert browser.post(page(tree, "suggest/groups/77/cell/"), {"title": "a", "weight": "1"}).status_code == 404
    said = told(browser, tree)
    assert "Move group Doses" in said
    assert "Moved from the group “Safety”, the first place, to no group" in said
    assert "<i>Voice" not in browser.get(page(tree, "?suggest=1")).content.decode()
    bulk(browser, tree, of_group="safety", do="delete")
    assert ("remove", "groups/safety") in hunks()
    assert wanted(tree, annotator)[None] == ["c_0", "c_1", "c_2", "c_4"]
    assert tree.groups.count() == 2


def test_a_criterion_brings_the_new_group_that_it_lies_in(
    author: Actor, annotator: Actor, tree: RubricVersion, browser: Client
) -> None:
    bulk(browser, tree, criteria=["c_0", "c_4"], do="change", new_group="Tone")
    assert hunks() == [("add", "groups/tone"), ("move", "criteria/c_0"), ("move", "criteria/c_4")]
    assert "Accepting it also adds the new group “Tone”." in told(browser, tree)
    row = Proposal.objects.get()
    services.accept_hunks(by=author, proposal=row, positions=[1])
    assert dict(row.hunks.values_list("pointer", "decision")) == {
        "groups/tone": "accepted", "criteria/c_0": "accepted", "criteria/c_4": "open",
    }  # fmt: skip
    assert tree.criteria.get(criterion_id="c_0").group.group_id == "tone"  # type: ignore[union-attr]


def test_where_the_new_group_is_rejected_the_criterion_lies_in_none(
    author: Actor, tree: RubricVersion, browser: Client
) -> None:
    bulk(browser, tree, criteria="c_1", do="change", new_group="Tone")
    row = Proposal.objects.get()
    services.reject_hunks(by=author, proposal=row, positions=[0])
    services.accept_hunks(by=author, proposal=row)
    assert tree.criteria.get(criterion_id="c_1").group is None


def test_fields_of_a_selection_tags_duplicates_and_deletions(tree: RubricVersion, browser: Client) -> None:
    bulk(browser, tree, criteria=["c_0", "c_3"], do="change", dimension="safety", factor="2", tier="essential")
    afters = Hunk.objects.values_list("after__tags__dimension", "after__weight", "after__tier")
    assert list(afters) == [("safety", 2.0, "essential")] * 2
    bulk(browser, tree, criteria=["c_1", "c_2"], do="duplicate")
    bulk(browser, tree, criteria="c_4", do="delete")
    assert [op for op, _ in hunks()] == ["change", "change", "add", "add", "remove"]
    bad = browser.post(page(tree, "criteria/bulk/?suggest=1"), {"criteria": "c_0", "do": "change", "weight": "-1"})
    assert bad.status_code == 422
    assert len(hunks()) == 5


def test_a_pasted_range_guidelines_settings_and_replacing(
    annotator: Actor, tree: RubricVersion, browser: Client
) -> None:
    text = "Criterion\tPoints\tGroup\nNames the ward.\t3\tSafety\nIs <b>polite</b>.\t2\tTone"
    seen = browser.post(page(tree, "criteria/paste/?suggest=1"), {"texts": text})
    assert "Suggest them" in seen.content.decode()
    assert not Proposal.objects.exists()
    browser.post(page(tree, "criteria/paste/?suggest=1"), {"texts": text, "store": "1"})
    assert [op for op, _ in hunks()] == ["add", "add", "add"]
    assert "in the group “Tone”" in html.unescape(browser.get(page(tree, "?suggest=1")).content.decode())
    rows = {
        "guidelines-TOTAL_FORMS": "1", "guidelines-INITIAL_FORMS": "0", "guidelines-0-text": "Be strict.",
        "guidelines-0-id": "", "guidelines-0-ORDER": "1",
    }  # fmt: skip
    assert browser.post(page(tree, "guidelines/?suggest=1"), rows).status_code == 302
    assert any(pointer.startswith("guidelines/") for _, pointer in hunks())
    found = browser.get(page(tree, "replace/"), {"suggest": "1", "find": "thing 1", "replace": "matter 1"})
    hit = re.search(r'name="hits" value="([^"]+)"', found.content.decode())
    assert hit is not None
    sent = {"find": "thing 1", "replace": "matter 1", "hits": hit[1], "seen": str(tree.revision)}
    assert browser.post(page(tree, "replace/?suggest=1"), sent).status_code == 302
    assert Hunk.objects.get(pointer="criteria/c_1").after["text"] == "Says matter 1."  # type: ignore[index]
    assert tree.criteria.count() == 5
    assert browser.get(page(tree, "settings/?suggest=1")).status_code == 200


def test_only_the_mode_lets_an_annotator_in(tree: RubricVersion, browser: Client, viewer: Actor) -> None:
    reading = factories.signed_in(viewer)
    stranger = factories.signed_in(factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other")))
    for place in (
        "criteria/bulk/", "criteria/order/", "criteria/paste/", "criteria/new/", "groups/new/", "groups/order/",
        "guidelines/", "settings/", "replace/",
    ):  # fmt: skip
        assert browser.post(page(tree, place), {"criteria": "c_0"}).status_code == 403, place
        assert reading.post(page(tree, f"{place}?suggest=1"), {"criteria": "c_0"}).status_code == 403, place
        assert stranger.post(page(tree, f"{place}?suggest=1"), {"criteria": "c_0"}).status_code == 404, place
    assert not Proposal.objects.exists()


def test_undo_and_redo_go_through_ones_own_suggestion(
    author: Actor, annotator: Actor, tree: RubricVersion, browser: Client
) -> None:
    bulk(browser, tree, criteria="c_4", do="delete")
    bulk(browser, tree, criteria="c_0", do="nest")
    bulk(browser, tree, criteria="c_1", do="change", weight="4")
    every = hunks()
    for left in (2, 1, 0):
        assert browser.post(page(tree, "suggest/undo/")).status_code == 302
        assert len(hunks()) == left
    assert not Proposal.objects.exists()
    assert browser.post(page(tree, "suggest/undo/")).status_code == 409
    for _ in range(3):
        browser.post(page(tree, "suggest/redo/"))
    assert sorted(hunks()) == sorted(every)
    assert browser.post(page(tree, "suggest/redo/")).status_code == 409
    with pytest.raises(errors.Conflict):
        services.undo_suggestion(by=author, version=tree)
    place = Hunk.objects.get(pointer="criteria/c_1").position
    services.accept_hunks(by=author, proposal=Proposal.objects.get(), positions=[place])
    browser.post(page(tree, "suggest/undo/"))
    assert [pointer for _, pointer in hunks()] == ["criteria/c_4"]
    bulk(browser, tree, criteria="c_2", do="change", weight="9")
    assert queries.suggestion_steps(tree, annotator)[1] is None


def test_any_open_edit_of_ones_own_is_taken_back(
    author: Actor, annotator: Actor, tree: RubricVersion, browser: Client
) -> None:
    bulk(browser, tree, criteria=["c_0", "c_1", "c_2"], do="change", weight="4")
    row = Proposal.objects.get()
    services.accept_hunks(by=author, proposal=row, positions=[0])
    bulk(browser, tree, criteria="c_3", do="change", weight="4")
    assert Proposal.objects.get() == row
    other = services.propose(by=annotator, base=tree, document={**queries.draft_document(tree), "title": "Other"})
    where = f"/w/{tree.rubric.workspace.slug}/rubrics/-/proposals"
    listed = browser.get(page(tree, "suggest/edits/?own=1")).content.decode()
    assert listed.count("take-back") == 4
    browser.post(f"{where}/{row.pk}/take-back/", {"hunk": "1", "beside": "1", "suggest": "1"})
    assert dict(row.hunks.values_list("position", "decision")) == {0: "accepted", 2: "open", 3: "open"}
    browser.post(f"{where}/{other.pk}/take-back/", {"hunk": "0"})
    assert not Proposal.objects.filter(pk=other.pk).exists()
    with pytest.raises(errors.NotAllowed):
        services.take_back_hunks(by=author, proposal=row, positions=[2])
    with pytest.raises(services.Decided):
        services.take_back_hunks(by=annotator, proposal=row, positions=[0])
    for place in (2, 3):
        services.take_back_hunks(by=annotator, proposal=row, positions=[place])
    row.refresh_from_db()
    assert row.state == Proposal.State.CLOSED


def test_nobody_decides_on_what_they_have_not_read(
    author: Actor, annotator: Actor, tree: RubricVersion, browser: Client
) -> None:
    bulk(browser, tree, criteria="c_0", do="change", weight="4")
    row = Proposal.objects.get()
    place = f"/w/{tree.rubric.workspace.slug}/rubrics/-/proposals/{row.pk}/"
    deciding = factories.signed_in(author)
    shown = deciding.get(place).content.decode()
    seen = re.findall(r'name="seen" value="([^"]+)"', shown)
    bulk(browser, tree, criteria="c_0", do="change", weight="400")
    for sent in ({"hunk": "0", "seen": seen[1]}, {"seen": seen[0]}):
        answer = deciding.post(f"{place}accept/", sent, follow=True)
        assert "was changed after you opened the page" in answer.content.decode()
    assert not Hunk.objects.exclude(decision="open").exists()
    fresh = re.findall(r'name="seen" value="([^"]+)"', deciding.get(place).content.decode())
    deciding.post(f"{place}accept/", {"hunk": "0", "seen": fresh[1]})
    assert tree.criteria.get(criterion_id="c_0").weight == 400


def test_a_very_long_table_is_drawn_in_parts(annotator: Actor, author: Actor, browser: Client) -> None:
    criteria = [{"id": f"c_{n}", "text": f"Says thing {n}."} for n in range(750)]
    version = services.create_rubric(by=author, document=factories.make_document(criteria=criteria), slug="long")
    bulk(browser, version, criteria="c_640", do="delete")
    bulk(browser, version, criteria="c_700", do="change", weight="7")
    shown = browser.get(page(version, "?suggest=1")).content.decode()
    assert shown.count("data-sort-id=") == 600
    later = re.findall(r'data-count="(\d+)".*?data-weight="([\d.]+)".*?hx-get="([^"]+)"', shown)
    assert [(count, weight) for count, weight, _ in later] == [("99", "99.0"), ("50", "56.0")]
    rows = browser.get(html.unescape(later[0][2])).content.decode()
    assert rows.count("data-sort-id=") == 99
    assert '<del class="txt" dir="auto">Says thing 640.' in rows
    after = bulk(browser, version, criteria="c_749", do="up")
    assert "Says thing 749." in after


def test_the_scores_are_those_of_the_suggested_weights(annotator: Actor, tree: RubricVersion, browser: Client) -> None:
    bulk(browser, tree, criteria="c_0", do="change", weight="4")
    bulk(browser, tree, criteria="c_1", do="delete")
    fresh = queries.get_version(annotator, "tree", 1)
    said, beyond = queries.suggested_scoring(queries.suggesting(fresh, annotator))
    assert {one.id: one.weight for one in said.criteria} == {"c_0": 4.0, "c_2": 1.0, "c_3": 1.0, "c_4": 1.0}
    assert not beyond
    bulk(browser, tree, criteria="c_2", do="duplicate")
    fresh = queries.get_version(annotator, "tree", 1)
    said, beyond = queries.suggested_scoring(queries.suggesting(fresh, annotator))
    assert (len(said.criteria), beyond) == (4, True)
    place = f"/w/{tree.rubric.workspace.slug}/runs/scores/tree/1/"
    assert "?suggest=1" in browser.get(place, {"suggest": "1"}).content.decode()
    assert "?suggest=1" not in browser.get(place).content.decode()
