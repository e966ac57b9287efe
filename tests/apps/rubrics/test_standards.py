"""The standards matrix on its pages."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.history.models import Entry
from apps.rubrics import queries, services
from domain import errors
from tests import factories

CRITERIA: tuple[dict[str, Any], ...] = (
    {"id": "a", "text": "Names the dose.", "weight": 3, "tags": {"dimension": "safety", "scenario": "ward"}},
    {"id": "b", "text": "Is kind.", "weight": 1, "tags": {"dimension": "tone", "scenario": "<b>home</b>"}},
)


@pytest.fixture
def approved(author: Actor, approver: Actor) -> None:
    draft = services.create_rubric(by=author, document=factories.make_document(criteria=CRITERIA), slug="letters")
    services.approve(by=approver, version=services.submit(by=author, version=draft))


@pytest.mark.usefixtures("approved")
def test_the_grid_counts_and_warns_and_opens_a_cell(author: Actor) -> None:
    url = reverse("rubrics:version-standards", args=[author.workspace.slug, "letters", 1])
    browser = factories.signed_in(author)
    page = browser.get(url).content.decode()
    assert "1 · 75\u00a0%" in page
    assert "2 cells without a criterion" in page
    assert "<b>home</b>" not in page
    opened = browser.get(url, {"row": "safety", "column": "ward"}).content.decode()
    assert "Names the dose." in opened
    assert "Is kind." not in opened
    key = queries.get_version(author, "letters", 1).criteria.get(criterion_id="a").pk
    assert f"#criterion-row-{key}" in opened
    turned = browser.get(url, {"rows": "scenario", "columns": "scenario", "third": "\x00"})
    assert turned.status_code == 200


@pytest.mark.usefixtures("approved")
def test_an_approver_sets_a_reference_that_the_history_keeps(author: Actor, approver: Actor) -> None:
    url = reverse("rubrics:standards", args=[author.workspace.slug])
    browser = factories.signed_in(approver)
    assert browser.post(url, {"weights": "safety = 3\ntone = 1"}).status_code == 302
    assert "1.000" in browser.get(url).content.decode()
    assert Entry.objects.filter(action="workspace.profile_changed").latest("pk").detail["after"] == {
        "safety": 3.0,
        "tone": 1.0,
    }
    browser.post(url, {"weights": "safety = 1\ntone = 3"})
    astray = browser.get(url).content.decode()
    assert '<span class="chip w">0.600</span>' in astray
    assert "safety weighs 75\u00a0% instead of 25\u00a0%" in astray
    browser.post(url, {"weights": "safety = 3\ntone = 1"})
    assert browser.post(url, {"weights": "safety is heavy"}).status_code == 422
    assert browser.post(url, {"weights": "safety = nan"}).status_code == 422
    with pytest.raises(errors.NotAllowed):
        services.set_reference_profile(by=author, scenario="", discipline="", weights={"safety": 1.0})
    browser.post(url, {"weights": ""})
    author.workspace.refresh_from_db()
    assert queries.reference_profiles(author.workspace) == []


def test_a_workspace_without_rubrics_is_told_what_to_do(author: Actor) -> None:
    url = reverse("rubrics:standards", args=[author.workspace.slug])
    assert "Nothing to lay out yet" in factories.signed_in(author).get(url).content.decode()


@pytest.mark.usefixtures("approved")
def test_queries_do_not_grow_with_rubrics(author: Actor, approver: Actor) -> None:
    url = reverse("rubrics:standards", args=[author.workspace.slug])
    browser = factories.signed_in(author)
    before = factories.count_queries(browser, url)
    for number in range(3):
        document = factories.make_document(criteria=CRITERIA)
        draft = services.create_rubric(by=author, document=document, slug=f"more-{number}")
        services.approve(by=approver, version=services.submit(by=author, version=draft))
    assert factories.count_queries(browser, url) == before
