"""One field leads anywhere and does anything here; keys that a person chose are the ones that the tour names."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from apps.accounts.permissions import Role
from apps.training.models import Release
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
EDIT = "/w/clinic/rubrics/letters/1/"
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_palette_goes_and_does_and_the_tour_names_own_keys(
    processes: Processes, enter: Callable[..., Person]
) -> None:
    keys = {"b": "x", "w": "g", "Mod+z": "Alt+z", "Mod+k": "Mod+j"}
    user = factories.make_user(username="hanna", password=PASSWORD, keys=keys, tour_seen=False)
    factories.make_member(Role.AUTHOR, user=user)
    version = factories.make_version(rubric=factories.make_rubric(slug="letters", title="Letters"), created_by=user)
    factories.make_queue(workspace=version.rubric.workspace, name="Doubts of the ward")
    factories.make_judge(workspace=version.rubric.workspace, name="ward-reader")
    Release.objects.create(workspace=version.rubric.workspace, name="ward-spring", digest="sha256:0", created_by=user)

    author = enter(processes.start_web().url)
    author.sign_in("hanna", PASSWORD)
    page = author.page
    palette, field = page.locator("#palette"), page.locator("#palette input")
    author.until("'studioKeys' in window")
    page.keyboard.press("Control+j")
    expect(field).to_be_focused()
    page.keyboard.type("ward")
    options = palette.get_by_role("option")
    expect(options).to_have_count(3)
    expect(palette).to_contain_text("Review queues")
    expect(palette).to_contain_text("Judges")
    assert author.serious_findings() == []
    page.keyboard.type(" spring")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/training/releases/ward-spring/")
    author.until("document.readyState === 'complete'")
    page.keyboard.press("Control+j")
    expect(field).to_be_focused()
    page.keyboard.type("letters")
    expect(options.first).to_contain_text("Letters")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{EDIT}")

    tour = page.locator("[data-tour]")
    expect(tour).to_be_visible()
    expect(tour.locator("#tour-1-text kbd")).to_have_text(["↑", "↓", "X"])
    page.keyboard.press("ArrowRight")
    expect(tour.locator("#tour-2-text kbd")).to_have_text(["Enter", "G", "E", "Alt Z"])
    page.keyboard.press("Escape")
    expect(tour).to_be_hidden()

    page.keyboard.press("Control+j")
    page.keyboard.type("let")
    expect(options).to_contain_text(["Letters", "Delete"])
    field.fill("")
    page.keyboard.type("tour of the editor")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(tour).to_be_visible()
    expect(tour.locator("#tour-5-text kbd").first).to_have_text("Ctrl J")
