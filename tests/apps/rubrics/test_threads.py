"""Discussions: on criteria and levels across versions, in one's own words, naming people who find it on Home."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.rubrics import queries, services
from apps.rubrics.models import Comment, Mention, RubricVersion, Thread
from domain import errors
from tests import factories

pytestmark = pytest.mark.django_db
LEVELS = [{"label": "poor", "value": 0.0, "anchor": ""}, {"label": "good", "value": 1.0, "anchor": ""}]


@pytest.fixture
def annotator(workspace: Any) -> Actor:
    return factories.make_actor(Role.ANNOTATOR, workspace=workspace, username="ann.o")


@pytest.fixture
def thread(author: Actor, draft: RubricVersion) -> Thread:
    return services.open_thread(by=author, rubric=draft.rubric, text="Which dose?", criterion="c_drug", version=draft)


def page(draft: RubricVersion, more: str = "discuss/", number: int = 1) -> str:
    return f"/w/{draft.rubric.workspace.slug}/rubrics/letters/{number}/{more}"


def act(browser: Client, thread: Thread, verb: str, **sent: Any) -> Any:
    return browser.post(f"/w/{thread.rubric.workspace.slug}/rubrics/-/threads/{thread.pk}/{verb}/", sent)


def test_ones_own_comment_is_edited_and_taken_back(author: Actor, annotator: Actor, thread: Thread) -> None:
    said = thread.comments.get()
    services.edit_comment(by=author, comment=said, text="Which dose, and when?")
    said.refresh_from_db()
    assert (said.text, said.edited_at is not None) == ("Which dose, and when?", True)
    for change in (services.delete_comment, lambda **k: services.edit_comment(text="Mine now.", **k)):
        with pytest.raises(errors.NotAllowed):
            change(by=annotator, comment=said)
    services.delete_comment(by=author, comment=said)
    said.refresh_from_db()
    assert (said.text, said.deleted_at is not None) == ("", True)
    with pytest.raises(errors.Conflict):
        services.edit_comment(by=author, comment=said, text="Back.")
    actions = Entry.objects.filter(action__startswith="thread.comment_").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["thread.comment_edited", "thread.comment_deleted"]


def test_who_is_named_finds_it_until_it_is_read(author: Actor, annotator: Actor, thread: Thread) -> None:
    said = services.comment(by=author, thread=thread, text="@Ann.O, @ada and @nobody: see mail@ann.o or @@ann.o.")
    assert [row.user for row in Mention.objects.all()] == [annotator.user]
    home = factories.signed_in(annotator)
    shown = home.get(f"/w/{author.workspace.slug}/").content.decode()
    assert "Mentions of me" in shown
    assert f"?discuss={thread.pk}" in shown
    led = home.get(f"/w/{author.workspace.slug}/rubrics/letters/?discuss={thread.pk}")
    assert led["Location"].endswith(f"/letters/1/discuss/#thread-{thread.pk}")
    services.edit_comment(by=author, comment=said, text="Never mind.")
    assert not Mention.objects.exists()
    services.edit_comment(by=author, comment=said, text="Still, @ann.o!")
    mention = Mention.objects.get()
    factories.signed_in(author).post(f"/w/{author.workspace.slug}/rubrics/-/mentions/read/", {"mention": mention.pk})
    assert queries.unread_mentions(annotator) == [mention]
    home.post(f"/w/{author.workspace.slug}/rubrics/-/mentions/read/", {"mention": mention.pk})
    assert queries.unread_mentions(annotator) == []
    assert "Mentions of me" not in home.get(f"/w/{author.workspace.slug}/").content.decode()


def test_strangers_are_not_named(author: Actor, thread: Thread) -> None:
    factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other"), username="charlie")
    services.comment(by=author, thread=thread, text="@charlie")
    assert not Mention.objects.exists()


def test_a_level_is_followed_into_the_next_version(author: Actor, draft: RubricVersion) -> None:
    change = {"kind": "ordinal", "levels": LEVELS}
    services.edit_criterion(by=author, version=draft, criterion_id="c_drug", changes=change)
    browser = factories.signed_in(author)
    browser.post(page(draft), {"criterion": "c_drug:0", "text": "What is poor?"})
    thread = Thread.objects.get()
    assert (thread.criterion, thread.level) == ("c_drug", "poor")
    other = services.new_draft(by=author, rubric=draft.rubric, source=queries.get_version(author, "letters", 1))
    assert "level “poor”</span>" in browser.get(page(draft, number=2)).content.decode()
    renamed = {"levels": [{**LEVELS[0], "label": "bad"}, LEVELS[1]]}
    services.edit_criterion(by=author, version=other, criterion_id="c_drug", changes=renamed)
    assert "level “poor”, not in this version" in browser.get(page(draft, number=2)).content.decode()
    assert browser.post(page(draft), {"criterion": "c_drug:7", "text": "No."}).status_code == 422


def test_the_page_narrows(author: Actor, annotator: Actor, draft: RubricVersion, thread: Thread) -> None:
    settled = services.open_thread(by=annotator, rubric=draft.rubric, text="Settled <i>this</i>, @ada?")
    services.resolve_thread(by=author, thread=settled)
    browser = factories.signed_in(author)

    def shown(query: str) -> list[int]:
        text = browser.get(f"{page(draft)}?{query}").content.decode()
        assert "<i>this" not in text
        return [row.pk for row in (thread, settled) if f'id="thread-{row.pk}"' in text]

    assert shown("") == [thread.pk, settled.pk]
    assert shown("show=open") == [thread.pk]
    assert shown("show=mine") == [thread.pk]
    assert shown("show=mentions") == [settled.pk]
    assert shown("criterion=c_drug") == [thread.pk]
    assert shown("criterion=c_blame") == []


def test_the_panel_beside_the_table(author: Actor, viewer: Actor, draft: RubricVersion, thread: Thread) -> None:
    browser, fragment = factories.signed_in(author), {"HX-Request": "true"}
    key = draft.criteria.get(criterion_id="c_drug").pk
    marks = page(draft, "discuss/marks/")
    assert browser.get(marks).json() == {str(key): ["c_drug", 1]}
    shown = browser.get(f"{page(draft)}?criterion=c_drug", headers=fragment).content.decode()
    assert "Which dose?" in shown
    assert "<html" not in shown
    place = f"/w/{draft.rubric.workspace.slug}/rubrics/-/threads/{thread.pk}/resolve/"
    answer = browser.post(place, {"version": "1"}, headers=fragment)
    assert answer["HX-Trigger"] == "threads-changed"
    assert "settled by" in answer.content.decode()
    assert browser.get(marks).json() == {}
    reader = factories.signed_in(viewer)
    assert "Which dose?" in reader.get(f"{page(draft)}?criterion=c_drug", headers=fragment).content.decode()
    assert act(reader, thread, "comment", text="No.").status_code == 403
    stranger = factories.signed_in(factories.make_actor(Role.ADMIN, workspace=factories.make_workspace(slug="other")))
    assert stranger.get(marks).status_code == 404
    assert act(stranger, thread, "comment", text="No.").status_code == 404


def test_steps_on_comments_over_the_page(author: Actor, draft: RubricVersion, thread: Thread) -> None:
    browser, said = factories.signed_in(author), thread.comments.get()
    act(browser, thread, "edit", comment=said.pk, text="Which <b>dose</b>?")
    assert Comment.objects.get().text == "Which <b>dose</b>?"
    text = browser.get(page(draft)).content.decode()
    assert ", edited" in text
    assert "<b>dose" not in text
    act(browser, thread, "delete", comment=said.pk)
    assert "took this comment back" in browser.get(page(draft)).content.decode()
    assert act(browser, thread, "edit", comment="999999", text="x").status_code == 404
    assert act(browser, thread, "shout").status_code == 404
