"""Two drafts become one on the screen, place by place, order and all, and undo takes all of it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.accounts.permissions import Role
from apps.rubrics import queries, services
from apps.rubrics.models import RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
TEXTS = ("Names the drug.", "Names its dose.", "Is kind.")
pytestmark = pytest.mark.django_db(transaction=True)


def said() -> list[tuple[str, float]]:
    """What the first draft says now."""
    found = queries.draft_document(RubricVersion.objects.get(rubric__slug="letters", number=1))
    return [(item["text"], item["weight"]) for item in found["criteria"]]


def test_two_drafts_are_merged_by_choices(processes: Processes, enter: Callable[..., Person]) -> None:
    user = factories.make_user(username="hanna", password=PASSWORD)
    by = factories.make_actor(Role.AUTHOR, user=user)
    criteria = [{"id": f"c_{n}", "text": text} for n, text in enumerate(TEXTS)]
    first = services.create_rubric(by=by, document=factories.make_document(criteria=criteria), slug="letters")
    second = services.new_draft(by=by, rubric=first.rubric, source=first)
    for version, text, weight, moved in ((first, "Mine.", 2.0, "c_2"), (second, "Theirs.", 1.0, "c_1")):
        services.edit_criterion(by=by, version=version, criterion_id="c_0", changes={"text": text})
        services.edit_criterion(by=by, version=version, criterion_id="c_1", changes={"weight": weight})
        services.move_criteria(by=by, version=version, ids=[moved], direction="up")
    before = said()

    author = enter(processes.start_web().url)
    author.sign_in("hanna", PASSWORD)
    page = author.go("/w/clinic/rubrics/letters/1/versions/")
    page.get_by_role("link", name="Merge version 2 into this draft").click()
    outcome = page.locator("#merge-outcome")
    expect(outcome).to_contain_text("1 to choose")
    order = page.locator("#merge-order")
    expect(order).to_contain_text("The order of the criteria")
    expect(order.get_by_role("radio", checked=True)).to_have_value("theirs")
    assert author.serious_findings() == []
    page.locator("#merge-open").get_by_label("Keep both").check()
    expect(outcome).to_contain_text("ready")
    order.get_by_label("Keep my order").check()
    page.get_by_role("button", name="Show what comes out").click()
    expect(page.locator("#merge-preview")).to_contain_text("Theirs.")
    page.get_by_role("button", name="Merge", exact=True).click()
    rows = page.locator("#criteria .row-link")
    expect(rows).to_have_text(["Mine.", "Theirs.", "Is kind.", "Names its dose."])
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(3)
    assert said() == before
