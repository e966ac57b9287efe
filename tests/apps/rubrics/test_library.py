"""The library: search and filters, favourites, tags, templates, copies, criteria taken over, the archive."""

import importlib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.permissions import Actor, Role
from apps.history.models import Entry
from apps.rubrics import queries, services
from apps.rubrics.models import Favourite, Rubric, RubricSet, RubricVersion
from apps.rubrics.queries import searching
from domain import errors
from tests import factories


def found(actor: Actor, q: str) -> bool:
    return queries.library(actor, queries.Wanted(q=q)).exists()


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("drug", True), ("dru", True), ("names dose", True), ("dose blames", False), ('"the drug"', True),
        ('"drug the"', False), ("zebra or drug", True), ("drug -dose", False), ("letters", True), ("ward", True),
        ("' | :* & !", False), ("drug'):*", True), ("%", False), ("\x00", True), ("( & )", False),
    ],
)  # fmt: skip
def test_words_find_rubrics(author: Actor, draft: RubricVersion, q: str, expected: bool) -> None:
    services.set_tags(by=author, rubric=draft.rubric, tags=["ward"])
    assert found(author, q) is expected


def test_titles_are_found_with_typos_where_the_server_can(author: Actor, draft: RubricVersion) -> None:
    if not searching.has_trigrams():
        pytest.skip("the server has no pg_trgm")
    assert found(author, "leters")


def test_without_trigrams_words_still_find(
    author: Actor, draft: RubricVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "has_trigrams", lambda: False)
    assert found(author, "drug")
    assert not found(author, "leters")


def test_archived_rubrics_leave_the_library_and_come_back(author: Actor, viewer: Actor, draft: RubricVersion) -> None:
    browser = factories.signed_in(author)
    slug = author.workspace.slug
    listed, act = reverse("rubrics:list", args=[slug]), reverse("rubrics:selected", args=[slug])
    row = f"rubric-row-{draft.rubric_id}"
    browser.post(act, {"verb": "archive", "rubric": ["letters", "unknown"]})
    assert row not in browser.get(listed).content.decode()
    assert row in browser.get(listed, {"status": "archived"}).content.decode()
    browser.post(act, {"verb": "restore", "rubric": "letters"})
    assert row in browser.get(listed).content.decode()
    with pytest.raises(errors.NotAllowed):
        services.archive(by=viewer, slugs=["letters"])


def url(name: str, *more: object) -> str:
    return reverse(f"rubrics:{name}", args=["clinic", *more])


def named(actor: Actor, **wanted: str) -> list[str]:
    return [row.slug for row in queries.library(actor, queries.Wanted(**wanted))]


def make(author: Actor, slug: str, text: str = "Names the drug.", **fields: object) -> RubricVersion:
    document = factories.make_document(criteria=[{"id": f"c_{slug}", "text": text}], **fields)
    return services.create_rubric(by=author, document=document, slug=slug, title=f"About {slug}")


def test_a_page_is_found_and_counted_in_one_query(author: Actor, django_assert_num_queries) -> None:
    for slug in ("ants", "bees", "cats"):
        make(author, slug)
    for wanted in (queries.Wanted(), queries.Wanted(sort="title"), queries.Wanted(q="drug")):
        searching.has_trigrams()
        with django_assert_num_queries(1):
            rows, total = queries.library_slice(author, wanted, 1, 1)
        assert [row.pk for row in rows] == [row.pk for row in queries.library(author, wanted)[1:2]]
        assert total == 3
    assert queries.library_slice(author, queries.Wanted(), 5, 5) == ([], 3)
    assert queries.library_slice(author, queries.Wanted(q="zebra"), 0, 5) == ([], 0)


@pytest.mark.parametrize(
    ("asked", "slug"), [("", "cats"), ("2", "bees"), ("99", "ants"), ("x", "cats"), ("0", "ants"), ("-1", "ants")]
)
def test_a_page_that_is_not_there_is_the_nearest(
    author: Actor, monkeypatch: pytest.MonkeyPatch, asked: str, slug: str
) -> None:
    monkeypatch.setattr(importlib.import_module("apps.rubrics.pages.library"), "PER_PAGE", 1)
    for name in ("ants", "bees", "cats"):
        make(author, name)
    shown = factories.signed_in(author).get(url("list"), {"page": asked}).context
    assert [row.rubric.slug for row in shown["rows"]] == [slug]
    assert shown["page"].paginator.count == 3


def test_filters_and_orders(author: Actor, approver: Actor) -> None:
    make(author, "bees")
    make(author, "ants", language="de")
    make(approver, "cats", scope={"kind": "prompt", "dataset": None, "prompt_id": "p1"})
    assert named(author, language="de") == ["ants"]
    assert named(author, scope="prompt") == ["cats"]
    assert named(author, show="mine", sort="title") == ["ants", "bees"]
    assert named(author, author=str(approver.user.pk)) == ["cats"]
    assert named(author, author="x") == named(author, sort="nonsense") == ["cats", "ants", "bees"]
    assert named(author, sort="oldest") == ["bees", "ants", "cats"]
    services.add_criterion(by=author, version=queries.get_version(author, "bees", 1), values={"text": "One more."})
    assert named(author) == ["bees", "cats", "ants"], "what was edited last is first"
    assert [row.criteria_count for row in queries.with_figures(author, queries.library(author))] == [2, 1, 1]  # type: ignore[attr-defined]
    assert named(author, language="\x00", scope="x\x00") == []
    assert queries.languages(author) == ["de", "en"]
    assert queries.authors(author) == sorted([(a.user.pk, a.user.name) for a in (author, approver)], key=lambda p: p[1])


def test_what_was_found_is_marked(author: Actor) -> None:
    make(author, "ants", "Says <b>why</b> the ants march in line.")
    page = factories.signed_in(author).get(url("list"), {"q": "ants march"}).content.decode()
    assert "the <mark>ants</mark> <mark>march</mark> in line" in page
    assert "About <mark>ants</mark>" in page
    assert "<b>why" not in page
    assert queries.marked("a.b A", "a .") == [("a", True), (".b ", False), ("A", True)]


def test_favourites_are_ones_own(author: Actor, viewer: Actor) -> None:
    make(author, "bees")
    make(author, "ants")
    browser = factories.signed_in(viewer)
    star = browser.post(url("star", "ants"), {"keep": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in star
    browser.post(url("star", "ants"), {"keep": "1"})
    assert named(viewer, show="favourites") == ["ants"]
    assert named(author, show="favourites") == []
    browser.post(url("star", "ants"), {"keep": "0"})
    assert not Favourite.objects.exists()
    assert browser.post(url("star", "unknown"), {"keep": "1"}).status_code == 404


def test_tags_and_templates_in_bulk(author: Actor, viewer: Actor) -> None:
    make(author, "bees")
    make(author, "ants")
    browser = factories.signed_in(author)
    both = {"rubric": ["bees", "ants", "unknown"], "query": "q=a&sort=title"}
    answer = browser.post(url("selected"), {**both, "verb": "tag", "tag": "insects, small"})
    assert answer.headers["Location"] == url("list") + "?q=a&sort=title"
    assert named(author, tag="insects", sort="title") == ["ants", "bees"]
    browser.post(url("selected"), {"rubric": "ants", "verb": "untag", "tag": "small"})
    assert named(author, tag="small") == ["bees"]
    browser.post(url("selected"), {"rubric": "ants", "verb": "template"})
    assert named(author, show="templates") == ["ants"]
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"rubric.tagged", "rubric.template_made"} <= actions
    browser.post(url("selected"), {"rubric": "ants", "verb": "no-template"})
    assert named(author, show="templates") == []
    for data, status in (
        ({"verb": "tag", "rubric": "ants", "tag": " "}, 422),
        ({"verb": "tag", "tag": "x"}, 422),
        ({"verb": "burn", "rubric": "ants"}, 404),
    ):
        assert browser.post(url("selected"), data).status_code == status
    with pytest.raises(errors.NotAllowed):
        services.tag_rubrics(by=viewer, slugs=["ants"], add=["x"])
    with pytest.raises(errors.NotAllowed):
        services.mark_templates(by=viewer, slugs=["ants"], template=True)


def test_new_rubrics_start_from_starters_and_templates(author: Actor) -> None:
    make(author, "ants", "Counts the legs.")
    browser = factories.signed_in(author)
    services.mark_templates(by=author, slugs=["ants"], template=True)
    offered = queries.beginnings(author)
    assert [one.key for one in offered if one.own] == ["template:ants"]
    assert sum(not one.own for one in offered) >= 4
    assert "template:ants" in browser.get(url("new")).content.decode()
    browser.post(url("new"), {"title": "My ants", "beginning": "template:ants"})
    mine = queries.get_version(author, "my-ants", 1)
    assert [c.criterion_id for c in mine.criteria.all()] == ["c_ants"], "ids are kept"
    assert Entry.objects.filter(action="rubric.created", detail__from="ants@1").exists()
    for one in offered:
        version = services.start_from(by=author, beginning=one.key, title=one.title)
        assert version.criteria.count() == one.criteria
        assert not [r for r in queries.lint_findings(version) if r.finding.rule.severity == "error"], one.key
    stranger = factories.make_actor(Role.AUTHOR, workspace=factories.make_workspace(slug="elsewhere"))
    for actor, key in ((stranger, "template:ants"), (author, "template:my-ants"), (author, "starter:x"), (author, "x")):
        with pytest.raises(errors.NotFound):
            services.start_from(by=actor, beginning=key, title="No")


def test_a_copy_in_another_workspace(author: Actor, viewer: Actor) -> None:
    source = make(author, "ants", "Counts the legs.")
    elsewhere = factories.make_workspace(slug="elsewhere", name="Elsewhere")
    browser: Client = factories.signed_in(author)
    asked = {"workspace": "elsewhere", "title": "Their ants", "slug": "ants"}
    assert browser.post(url("clone", "ants", 1), asked).status_code == 422, "not a workspace of hers"
    there = factories.make_actor(Role.AUTHOR, user=author.user, workspace=elsewhere)
    answer = browser.post(url("clone", "ants", 1), asked)
    assert answer.headers["Location"] == reverse("rubrics:edit", args=["elsewhere", "ants", 1])
    copy = queries.get_version(there, "ants", 1)
    assert queries.domain_rubric(copy).criteria == queries.domain_rubric(source).criteria
    assert browser.post(url("clone", "ants", 1), asked).status_code == 422, "the name is taken there now"
    assert browser.post(url("clone", "ants", 1), {"workspace": "clinic", "title": "More ants"}).status_code == 302
    told = Entry.objects.filter(action="rubric.copied", workspace=author.workspace).order_by("pk")
    assert [entry.detail["copy"] for entry in told] == ["elsewhere/ants@1", "clinic/more-ants@1"]
    assert Entry.objects.get(action="rubric.created", workspace=elsewhere).detail["from"] == "clinic/ants@1"
    reader = factories.make_actor(Role.VIEWER, user=viewer.user, workspace=elsewhere)
    other = factories.make_actor(Role.AUTHOR, workspace=elsewhere)
    for by, into, family in (
        (viewer, reader, errors.NotAllowed),
        (author, other, errors.NotAllowed),
        (other, other, errors.NotFound),
    ):
        with pytest.raises(family):
            services.clone_rubric(by=by, version=source, into=into, title="No")


def test_a_translation_loses_no_word_of_its_source_elsewhere(author: Actor) -> None:
    make(author, "ants")
    german = make(author, "ameisen", translation_of="ants@1")
    there = factories.make_actor(Role.AUTHOR, user=author.user, workspace=factories.make_workspace(slug="elsewhere"))
    copy = services.clone_rubric(by=author, version=german, into=there, title="Ameisen")
    assert (copy.translation_of, copy.extensions["translation_of"]) == (None, "ants@1")


def test_similar_criteria_are_found_and_taken_over(author: Actor, viewer: Actor) -> None:
    if not searching.has_trigrams():
        pytest.skip("the server has no pg_trgm")
    make(author, "ants", "Names the drug and the daily dose.", groups=[])
    make(author, "bees", "Talks of something else entirely.")
    draft = make(author, "mine", "Names the drug and its daily dose.")
    own = draft.criteria.get()
    browser = factories.signed_in(author)
    found = queries.similar_criteria(author, own.text, apart_from=draft.rubric)
    assert [one.criterion.criterion_id for one in found] == ["c_ants"]
    assert 0.6 < (found[0].likeness or 0) < 1
    shown = browser.get(url("criteria-library", "mine", 1), {"of": own.pk}, headers={"HX-Request": "true"})
    assert "Copy into the draft" in shown.content.decode()
    assert "something else" in browser.get(url("criteria-library", "mine", 1), {"q": "entirely"}).content.decode()
    taken = {"criterion": found[0].criterion.pk, "after": own.criterion_id}
    assert browser.post(url("criteria-library", "mine", 1), taken).status_code == 302
    assert [c.text for c in draft.criteria.order_by("position")][1] == "Names the drug and the daily dose."
    services.archive(by=author, slugs=["ants"])
    assert queries.similar_criteria(author, own.text, apart_from=draft.rubric) == []
    stranger = factories.make_actor(Role.AUTHOR, workspace=factories.make_workspace(slug="elsewhere"))
    assert queries.similar_criteria(stranger, own.text, apart_from=draft.rubric) == []
    with pytest.raises(errors.NotFound):
        queries.library_criterion(stranger, own.pk)
    assert factories.signed_in(viewer).get(url("criteria-library", "mine", 1)).status_code == 403


def test_the_library_costs_the_same_for_many(author: Actor) -> None:
    make(author, "first")
    browser = factories.signed_in(author)
    few = factories.count_queries(browser, url("list") + "?q=drug")
    for n in range(6):
        make(author, f"more-{n}")
    assert factories.count_queries(browser, url("list") + "?q=drug") == few
    assert Rubric.objects.count() == 7


def test_every_edit_of_a_version_is_the_last_edit_of_its_rubric(author: Actor) -> None:
    version = make(author, "ants")
    make(author, "bees")
    for act in (
        lambda: services.add_criterion(by=author, version=version, values={"text": "One more."}),
        lambda: services.undo(by=author, version=version),
        lambda: services.edit_version(by=author, version=version, changes={"title": "Other ants"}),
    ):
        Rubric.objects.filter(slug="bees").update(last_edit=timezone.now())
        assert named(author) == ["bees", "ants"]
        act()
        assert named(author) == ["ants", "bees"]
    version.refresh_from_db()
    assert Rubric.objects.get(slug="ants").last_edit == version.edited_at
    Rubric.objects.filter(slug="bees").update(last_edit=timezone.now())
    services.set_tags(by=author, rubric=version.rubric, tags=["six legs"])
    assert named(author) == ["bees", "ants"], "a tag belongs to no version"


def test_while_somebody_types_the_filters_are_not_read_again(author: Actor) -> None:
    make(author, "ants")
    browser = factories.signed_in(author)
    browser.get(url("list"))
    with CaptureQueriesContext(connection) as asked:
        browser.get(url("list"), {"q": "drug"}, headers={"HX-Request": "true"})
    assert not [
        one["sql"] for one in asked if "unnest" in one["sql"] or 'DISTINCT "rubrics_rubricversion"' in one["sql"]
    ]
    assert "filter-q" in browser.get(url("list")).content.decode()


def test_the_quality_page_names_criteria_that_others_have_too(author: Actor, viewer: Actor) -> None:
    if not searching.has_trigrams():
        pytest.skip("the server has no pg_trgm")
    make(author, "ants", "Names the drug and the daily dose.")
    make(author, "bees", "Talks of something else entirely.")
    draft = make(author, "mine", "Names the drug and its daily dose.")
    pairs = queries.likest_pairs(author, draft)
    assert [(pair.own.criterion_id, pair.other.criterion_id) for pair in pairs] == [("c_mine", "c_ants")]
    assert 0.6 <= pairs[0].likeness < 1
    shown = factories.signed_in(viewer).get(url("quality-similar", "mine", 1)).content.decode()
    assert "Names the drug and the daily dose." in shown
    assert "something else" not in shown
    services.archive(by=author, slugs=["ants"])
    assert queries.likest_pairs(author, draft) == []
    stranger = factories.make_actor(Role.AUTHOR, workspace=factories.make_workspace(slug="elsewhere"))
    assert factories.signed_in(stranger).get(url("quality-similar", "mine", 1)).status_code == 404


def test_criteria_of_sets_are_found_too(author: Actor) -> None:
    draft = make(author, "mine")
    member = make(author, "of-a-set", "Counts the legs of the beetle.")
    made = RubricSet.objects.create(workspace=author.workspace, name="beetles", title="Beetles", created_by=author.user)
    Rubric.objects.filter(pk=member.rubric_id).update(rubric_set=made)
    found = queries.criteria_with(author, "beetle", apart_from=draft.rubric)
    assert [one.criterion.criterion_id for one in found] == ["c_of-a-set"]
    assert named(author, q="beetle") == [], "a set is listed as one"
