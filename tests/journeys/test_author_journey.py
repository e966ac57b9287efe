"""An expert and a rubric, in a real browser: written by keyboard alone, pasted, undone, saved offline, approved."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.accounts.permissions import Role
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
EDIT = "/w/clinic/rubrics/discharge-letters"
WRITTEN = (
    "Names every drug that was stopped.",
    "Gives the reason for each stopped drug.",
    "Names the new drug with its dose.",
    "Says when to return to hospital.",
    "Gives the date of the next visit.",
    "Names the ward and its telephone number.",
    "Says why the patient was in hospital.",
    "Lists the tests that are still open.",
    "States the weight at discharge.",
    "Names the family doctor.",
    "Says which food to avoid.",
    "Explains each abbreviation at first use (2 points).",
)
MENDED = "Explains each abbreviation at first use."
PASTED = "Criterion\tPoints\tGroup\n" + "\n".join(
    f"Mentions finding number {n} of the ward round.\t{n % 5 + 1}\t{'Safety' if n % 2 else 'Clarity'}"
    for n in range(1, 21)
)
pytestmark = pytest.mark.django_db(transaction=True)


def test_an_expert_writes_a_rubric_and_another_person_approves_it(
    processes: Processes, enter: Callable[..., Person]
) -> None:
    factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    factories.make_member(Role.APPROVER, user=factories.make_user(username="michael", password=PASSWORD))
    url = processes.start_web().url
    author = enter(url)
    author.sign_in("hanna", PASSWORD)
    write_with_the_keyboard_alone(author)
    paste_from_a_spreadsheet(author)
    undo_and_redo(author)
    lose_the_connection(author)
    mend_a_remark(author)
    compare_and_submit(author)
    other = enter(url)
    other.sign_in("michael", PASSWORD)
    approve(other)


def rows(page: Page) -> Locator:
    """The criteria of the table."""
    return page.locator("#criteria [data-sort-id]")


def ready(author: Person) -> None:
    """Wait until the page listens to its keys and nothing is on its way: a key before that would go nowhere."""
    author.until("document.readyState === 'complete' && 'studioKeys' in window", what="the keys of the page")
    author.settle()
    author.until(
        "!document.activeElement.matches('textarea, input:not([type=checkbox])')", what="no field to have focus"
    )


def saved(page: Page) -> None:
    """Wait until the studio has everything."""
    expect(page.locator("#draft-state")).to_have_text("all saved")


def write_with_the_keyboard_alone(author: Person) -> None:
    """Twelve criteria, one of them weighed, one worded anew, and one moved up."""
    page = author.go("/w/clinic/rubrics/")
    page.keyboard.press("n")
    page.wait_for_url("**/rubrics/-/new/")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("Discharge letters")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rubrics/discharge-letters/1/**")
    page.keyboard.press("n")
    page.keyboard.type(WRITTEN[0])
    page.keyboard.press("Control+Enter")
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    fresh = page.get_by_label("New criterion")
    for n, text in enumerate(WRITTEN[1:], 2):
        expect(fresh).to_have_value("")
        expect(fresh).to_be_focused()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(rows(page)).to_have_count(n)
    expect(fresh).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page).last).to_be_focused()

    page.keyboard.press("w")
    expect(page.get_by_label("Weight of criterion 12")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    saved(page)
    expect(rows(page).last.locator("[data-share]")).to_have_text(re.compile("27"))

    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type(" and drink to avoid.".removesuffix(" to avoid."))
    page.keyboard.press("Enter")
    expect(rows(page).nth(10).locator(".row-link")).to_have_text("Says which food to avoid and drink")
    saved(page)
    page.keyboard.press("Alt+ArrowUp")
    expect(rows(page).nth(9).locator(".row-link")).to_have_text("Says which food to avoid and drink")


def paste_from_a_spreadsheet(author: Person) -> None:
    """A range of twenty rows with points and groups, looked at before it is added."""
    page = author.page
    page.evaluate(f"navigator.clipboard.writeText({PASTED!r})")
    page.keyboard.press("n")
    page.keyboard.press("Control+v")
    expect(page.get_by_role("heading", name="Understood: 20 criteria")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(rows(page)).to_have_count(32)
    expect(page.locator("tr.grp")).to_have_count(2)


def undo_and_redo(author: Person) -> None:
    """One key takes all twenty back, another brings them again."""
    page = author.page
    for name, key, count in (("Undo", "Control+z", 12), ("Redo", "Control+y", 32)):
        ready(author)
        expect(page.get_by_role("button", name=name, exact=True)).to_be_enabled()
        page.keyboard.press(key)
        expect(rows(page)).to_have_count(count)
    ready(author)


def lose_the_connection(author: Person) -> None:
    """What is typed while nothing can be reached is kept, said to be kept, and stored afterwards."""
    page = author.page
    author.settle()
    author.listening = False  # The browser itself complains of every request that fails.
    author.context.set_offline(True)
    row = rows(page).first
    row.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.type(" Nothing is left out.")
    page.keyboard.press("Enter")
    expect(page.locator("#draft-state")).to_contain_text("kept in this browser")
    author.context.set_offline(False)
    saved(page)
    author.listening = True
    page.reload()
    expect(rows(page).first.locator(".row-link")).to_have_text(f"{WRITTEN[0]} Nothing is left out.")


def mend_a_remark(author: Person) -> None:
    """One click does what the remark advises."""
    page = author.page
    remark = page.locator("#advice-panel li", has_text="(2 points)")
    remark.get_by_role("button", name=re.compile("^Fix")).click()
    expect(rows(page).locator(".row-link", has_text=MENDED)).to_have_count(1)
    expect(page.locator("#advice-panel")).not_to_contain_text("(2 points)")


def compare_and_submit(author: Person) -> None:
    """A second draft with another weight is compared with the first, and handed in."""
    page = author.go(f"{EDIT}/1/versions/")
    page.get_by_role("button", name="New draft from version 1").click()
    page.wait_for_url("**/discharge-letters/2/**")
    weight = page.get_by_label("Weight of criterion 1", exact=True)
    weight.fill("7")
    weight.press("Enter")
    saved(page)
    author.go(f"{EDIT}/2/versions/?from=1&to=2")
    expect(page.locator("#difference-summary")).to_contain_text("re-weighted")
    author.go(f"{EDIT}/2/")
    page.get_by_role("button", name="Submit for approval").click()
    page.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(page.locator(".head")).to_contain_text("in review")


def approve(other: Person) -> None:
    """Somebody else reads it and approves."""
    page = other.go(f"{EDIT}/2/versions/")
    page.get_by_label("Note").fill("Read with the ward.")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".head")).to_contain_text("approved")
