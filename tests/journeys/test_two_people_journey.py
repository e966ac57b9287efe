"""Two people word the same criterion at once: nothing is lost, and the second one chooses."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
EDIT = "/w/clinic/rubrics/letters/1/"
pytestmark = pytest.mark.django_db(transaction=True)


def text() -> str:
    """What the first criterion says now."""
    found = queries.draft_document(RubricVersion.objects.get(rubric__slug="letters", number=1))
    return str(found["criteria"][0]["text"])


def word(page: Page, words: str) -> None:
    """Write the first criterion anew in its row."""
    page.locator("#criteria [data-sort-id]").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_the_second_of_two_chooses_whose_words_stay(processes: Processes, enter: Callable[..., Person]) -> None:
    for name in ("hanna", "michael"):
        factories.make_member(Role.AUTHOR, user=factories.make_user(username=name, password=PASSWORD))
    factories.make_version(rubric=factories.make_rubric(slug="letters"))
    url = processes.start_web().url
    hanna, michael = enter(url), enter(url)
    hanna.sign_in("hanna", PASSWORD)
    michael.sign_in("michael", PASSWORD)

    for mine, theirs, way in (
        ("Lists every drug.", "Says each dose.", "mine"), ("Tells the ward.", "Gives a date.", "theirs"),
    ):  # fmt: skip
        first, second = hanna.go(EDIT), michael.go(EDIT)
        word(first, theirs)
        expect(first.locator("#draft-state")).to_have_text("all saved")
        word(second, mine)
        asked = second.get_by_role("group", name="Two edits of the same field")
        expect(asked).to_contain_text("Keep mine")
        expect(asked.locator("label", has_text="Take theirs")).to_contain_text(theirs.rpartition(" ")[2])
        assert text() == theirs
        assert michael.serious_findings() == []
        asked.locator(f'input[value="{way}"]').first.check()
        asked.get_by_role("button", name="Store the choice").click()
        wanted = mine if way == "mine" else theirs
        expect(second.locator("#criteria .row-link").first).to_have_text(wanted)
        assert text() == wanted
