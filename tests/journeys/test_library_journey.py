"""The library in a real browser: found while typing, filtered, kept, copied to another workspace, taken over from."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.accounts.permissions import Role
from apps.rubrics.models import Criterion, Favourite, RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
pytestmark = pytest.mark.django_db(transaction=True)


def make(slug: str, title: str, text: str, **fields: object) -> RubricVersion:
    document = factories.make_document(title=title, criteria=[{"id": f"c_{slug}", "text": text}], **fields)
    rubric = factories.make_rubric(slug=slug, title=title)
    return factories.make_version(rubric=rubric, document=document)


def test_the_way_from_a_search_to_a_copy(processes: Processes, enter: Callable[..., Person]) -> None:
    user = factories.make_user(username="hanna", password=PASSWORD)
    factories.make_member(Role.AUTHOR, user=user)
    factories.make_member(Role.AUTHOR, user=user, workspace=factories.make_workspace(slug="ward", name="Ward"))
    make("kidney", "Kidney letters", "Names the kidney value with its date.")
    make("briefe", "Entlassbriefe", "Nennt den Grund der Aufnahme.", language="de")
    make("mine", "My letters", "Says when to return to hospital.")
    author = enter(processes.start_web().url)
    author.sign_in("hanna", PASSWORD)
    search_and_filter(author.go("/w/clinic/rubrics/"))
    keep_a_favourite(author)
    copy_to_the_ward(author)
    take_a_criterion_over(author)
    assert not author.complaints


def listed(page: Page) -> Locator:
    """The titles of the library."""
    return page.locator("#rubric-table .row-link")


def search_and_filter(page: Page) -> None:
    """Words of a criterion find its rubric while they are typed, and show where; a filter narrows on."""
    expect(listed(page)).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("kidney val")
    expect(listed(page)).to_have_text(["Kidney letters"])
    expect(page.locator("#rubric-table .small mark")).to_have_text(["kidney", "value"])
    expect(page).to_have_url(re.compile("q=kidney"))
    page.get_by_label("Find in titles").fill("")
    expect(listed(page)).to_have_count(3)
    page.get_by_label("Language").select_option("de")
    expect(listed(page)).to_have_text(["Entlassbriefe"])


def keep_a_favourite(author: Person) -> None:
    """A star stays, and favourites are a filter."""
    page = author.go("/w/clinic/rubrics/")
    page.get_by_role("button", name="Favourite: Kidney letters").click()
    expect(page.get_by_role("button", name="Favourite: Kidney letters")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Whose").select_option("favourites")
    expect(listed(page)).to_have_text(["Kidney letters"])
    assert Favourite.objects.count() == 1


def copy_to_the_ward(author: Person) -> None:
    """A version goes to another workspace of the same person, with the ids of its criteria."""
    page = author.go("/w/clinic/rubrics/kidney/1/use/")
    form = page.locator("#clone form")
    form.get_by_label("Workspace").select_option("ward")
    form.get_by_label("Title").fill("Kidney letters of the ward")
    form.get_by_role("button").click()
    page.wait_for_url(re.compile(r"/w/ward/rubrics/[\w-]+/1/$"))
    expect(page.locator("#criteria [data-sort-id]")).to_have_count(1)
    assert Criterion.objects.filter(criterion_id="c_kidney", version__rubric__workspace__slug="ward").count() == 1


def take_a_criterion_over(author: Person) -> None:
    """From the editor by key, found by a word, copied below the others, and undone."""
    page = author.go("/w/clinic/rubrics/mine/1/")
    page.keyboard.press("l")
    page.wait_for_url(re.compile("criteria/library/"))
    page.get_by_label("Find in the criteria").fill("kidney")
    page.get_by_role("button", name="Copy this criterion of kidney@1").click()
    rows = page.locator("#criteria [data-sort-id]")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Names the kidney value with its date.")
    page.keyboard.press("ControlOrMeta+z")
    expect(rows).to_have_count(1)
