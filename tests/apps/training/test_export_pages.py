"""Pages of exports: the form follows its kind, the preview counts, files come, and people are told why not."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.datasets.models import Dataset
from apps.training import queries
from domain import selection
from tests import factories
from tests.apps.judging.conftest import work
from tests.apps.training.studying import Course

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


@pytest.fixture
def browser(course: Course) -> Client:
    return factories.signed_in(course.author)


def _url(name: str, *args: object) -> str:
    return reverse(f"training:{name}", args=["clinic", *args])


def _typed(course: Course, kind: str, **settings: object) -> dict[str, object]:
    values = {
        one.name: one.default
        for one in selection.KINDS[kind].settings
        if one.default is not None and one.default is not False
    } | settings
    return {"source": course.side.ref, "kind": kind} | {f"{kind}-{name}": value for name, value in values.items()}


@pytest.mark.parametrize("kind", selection.KINDS)
def test_each_kind_has_its_settings_and_a_preview(browser: Client, course: Course, kind: str):
    page = browser.get(_url("export-new"), {"kind": kind}).content.decode()
    for one in selection.KINDS[kind].settings:
        assert f'name="{kind}-{one.name}"' in page
    seen = browser.post(_url("export-preview"), _typed(course, kind)).content.decode()
    assert ("would stay" in seen) == (kind != "writer"), seen
    if kind == "writer":
        assert "needs three rubric versions" in seen


def test_a_preview_marks_the_band_and_says_what_goes(browser: Client, course: Course):
    seen = browser.post(_url("export-preview"), _typed(course, "bands", low=0.25, high=0.75)).content.decode()
    assert "<b>3 prompts</b>" in seen
    assert '"x0": 0.25' in seen
    assert re.search(r"Below it</dt><dd>1<", seen)
    assert "CC-BY-4.0" in seen


def test_an_unknown_licence_is_said_with_a_way_to_set_it(browser: Client, course: Course):
    Dataset.objects.filter(slug="course").update(licence="")
    seen = browser.post(_url("export-preview"), _typed(course, "bands")).content.decode()
    assert "Nobody said under which licence" in seen
    assert reverse("datasets:settings", args=["clinic", "course"]) in seen
    refused = browser.post(_url("export-new"), _typed(course, "bands"))
    assert refused.status_code == 422
    assert "Nobody said under which licence" in refused.content.decode()
    Dataset.objects.filter(slug="course").update(licence="CC-BY-NC-4.0")
    assert 'name="non_commercial"' in browser.get(_url("export-new")).content.decode()
    assert browser.post(_url("export-new"), _typed(course, "bands") | {"non_commercial": "on"}).status_code == 302


def test_an_export_is_made_followed_and_taken(browser: Client, course: Course):
    made = browser.post(_url("export-new"), _typed(course, "pairs") | {"name": "First pairs"})
    assert made.status_code == 302, made.content
    assert "A worker chooses the rows" in browser.get(made["Location"]).content.decode()
    work()
    page = browser.get(made["Location"]).content.decode()
    assert "First pairs" in page
    assert "hx-trigger" not in page.split('id="export-body"')[1][:200]
    export = queries.data_exports(course.author).get()
    for kind in ("ndjson", "csv", "parquet"):
        file = browser.get(_url("export-file", export.pk, kind))
        assert file.status_code == 200
        assert len(b"".join(file)) > 100
    assert browser.get(_url("export-file", export.pk, "exe")).status_code == 404
    assert "Who took it" not in page
    assert "First pairs" in browser.get(_url("exports")).content.decode()
    assert browser.post(_url("export-delete", export.pk)).status_code == 302
    assert "Take from a run" in browser.get(_url("exports")).content.decode()


def test_a_rule_that_cannot_be_is_shown_at_its_field(browser: Client, course: Course):
    refused = browser.post(_url("export-new"), _typed(course, "bands", low=0.9, high=0.1))
    assert refused.status_code == 422
    assert "This is not below 0.9" in refused.content.decode()
    empty = browser.post(_url("export-new"), _typed(course, "bands", low=""))
    assert empty.status_code == 422


def test_what_a_rule_takes_none_of_ends_in_a_sentence(browser: Client, course: Course):
    made = browser.post(_url("export-new"), _typed(course, "bands", low=0.9, high=0.95))
    work()
    assert "The rule takes nothing of what this run judged." in browser.get(made["Location"]).content.decode()


def test_boxes_left_empty_stay_empty_when_the_form_follows_its_run(browser: Client, course: Course):
    typed = _typed(course, "augmented") | {"shown": "augmented"}
    del typed["augmented-neutral"]
    page = browser.post(_url("export-new"), typed, headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'name="augmented-causal"[^>]*checked', page)
    assert not re.search(r'name="augmented-neutral"[^>]*checked', page)


def test_only_authors_see_exports_and_strangers_find_none(browser: Client, course: Course, bob: Actor, charlie: Actor):
    for name in ("exports", "export-new"):
        assert factories.signed_in(bob).get(_url(name)).status_code == 403
        assert factories.signed_in(charlie).get(_url(name)).status_code == 404


def test_lists_take_the_same_number_of_queries(browser: Client, course: Course):
    course.export("rankings")
    one, form = (factories.count_queries(browser, _url(name)) for name in ("exports", "export-new"))
    for kind in ("pairs", "posterior", "central"):
        course.export(kind)
    assert factories.count_queries(browser, _url("exports")) == one
    assert factories.count_queries(browser, _url("export-new")) == form
