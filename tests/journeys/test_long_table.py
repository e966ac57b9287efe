"""A table of 700 criteria by keyboard: rows that are not drawn yet come into reach and are selected with all others."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.permissions import Role
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
SIZE = 700
pytestmark = pytest.mark.django_db(transaction=True)


def test_keys_and_select_all_reach_rows_that_are_drawn_later(
    processes: Processes, enter: Callable[..., Person]
) -> None:
    factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    criteria = [{"id": f"c_{n}", "text": f"Names finding number {n}.", "weight": 1.0} for n in range(SIZE)]
    version = factories.make_version(
        rubric=factories.make_rubric(slug="long"), document=factories.make_document(criteria=criteria)
    )
    author = enter(processes.start_web().url)
    author.sign_in("hanna", PASSWORD)
    page = author.go("/w/clinic/rubrics/long/1/")
    drawn = page.locator("#criteria [data-sort-id]").count()
    assert drawn < SIZE, "some rows wait"
    select_all(page, drawn)
    change_all(page)
    assert set(version.criteria.values_list("weight", flat=True)) == {3.0}
    walk_on(page, author, drawn)
    assert not author.complaints


def said(page: Page) -> str:
    """What the bar says is selected."""
    return page.locator("[data-bar-count]").inner_text()


def select_all(page: Page, drawn: int) -> None:
    """Ctrl A selects what is not drawn too, Escape nothing; what is drawn afterwards stays selected."""
    first = page.locator("#criteria [data-sort-id]").first
    first.focus()
    page.keyboard.press("ControlOrMeta+a")
    expect(page.locator("[data-bar-count]")).to_have_text(f"{SIZE} selected")
    page.keyboard.press("Escape")
    assert "selected" not in said(page)
    first.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.locator("#criteria tr.later a").first.evaluate("(link) => link.click()")
    expect(page.locator("#criteria [data-sort-id]")).to_have_count(SIZE)
    expect(page.locator("[data-bar-count]")).to_have_text(f"{SIZE} selected")


def change_all(page: Page) -> None:
    """One change of all of them is one step."""
    page.locator("[data-bulk-fields] summary").click()
    page.get_by_label("Set weight").fill("3")
    page.get_by_role("button", name="Change the selected").click()
    expect(page.locator('#criteria [data-sort-id] input[name="weight"]').first).to_have_value("3")


def walk_on(page: Page, author: Person, drawn: int) -> None:
    """The arrow goes over the last row that is drawn into those that are not."""
    author.go("/w/clinic/rubrics/long/1/")
    rows = page.locator("#criteria [data-sort-id]")
    rows.nth(drawn - 1).evaluate("(row) => row.focus({ preventScroll: true })")
    page.keyboard.press("ArrowDown")
    expect(rows).to_have_count(SIZE)
    rows.nth(drawn - 1).focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(drawn)).to_be_focused()
    expect(rows.nth(drawn)).to_contain_text(f"Names finding number {drawn}.")
