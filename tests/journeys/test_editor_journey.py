"""An author at work in the editor: dragging, levels and anchors, one cell of the matrix, undo in order, kept text."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from apps.accounts.permissions import Role
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from tests import factories
from tests.journeys.people import Person
from tests.processes import Processes

PASSWORD = "correct-horse-7"
EDIT = "/w/clinic/rubrics/letters/1/"
pytestmark = pytest.mark.django_db(transaction=True)
CRITERIA: list[dict[str, Any]] = [
    {
        "id": "c_drug",
        "text": "Names the drug.",
        "group": "g_drugs",
        "tags": {"dimension": "safety", "scenario": "ward"},
    },
    {"id": "c_dose", "text": "Names its dose.", "group": "g_drugs", "tags": {"dimension": "safety"}},
    {"id": "c_tone", "text": "Is kind.", "group": "g_tone", "tags": {"dimension": "tone", "scenario": "ward"}},
]
GROUPS = [{"id": f"g_{name.lower()}", "title": name} for name in ("Drugs", "Tone", "Empty")]


@pytest.fixture
def author(processes: Processes, enter: Callable[..., Person]) -> Person:
    """Hanna, signed in, with a draft of three groups of which one is empty."""
    member = factories.make_member(Role.AUTHOR, user=factories.make_user(username="hanna", password=PASSWORD))
    document = factories.make_document(criteria=CRITERIA, groups=GROUPS)
    factories.make_version(rubric=factories.make_rubric(slug="letters"), document=document, created_by=member.user)
    person = enter(processes.start_web().url)
    person.sign_in("hanna", PASSWORD)
    return person


def stored() -> dict[str, Any]:
    """What the draft says now."""
    return queries.draft_document(RubricVersion.objects.get(rubric__slug="letters", number=1))


def row(page: Page, name: str) -> Locator:
    """The row of a criterion."""
    return page.locator(f'#criteria [data-sort-id="{name}"]')


def group(page: Page, name: str) -> Locator:
    """The row of a group."""
    return page.locator(f'#criteria tr[data-group-id="{name}"]')


def saved(page: Page) -> None:
    """Wait until the studio has everything."""
    expect(page.locator("#draft-state")).to_have_text("all saved")


def drag(author: Person, handle: Locator, goal: Locator, path: str) -> None:
    """Take a handle and let go of it over a goal, in steps as a hand does; then the table is read anew."""
    page = author.page
    with page.expect_response(path), page.expect_response(lambda answer: answer.url.endswith(EDIT)):
        _drag(page, handle, goal)
    author.settle()


def _drag(page: Page, handle: Locator, goal: Locator) -> None:
    start, end = handle.bounding_box(), goal.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"] + 12, steps=4)
    page.mouse.move(end["x"] + end["width"] / 3, end["y"] + end["height"] / 2, steps=12)
    for _ in range(5):  # What lies between makes way, so an empty group stands elsewhere in the end.
        if not goal.evaluate("row => 'emptyGroup' in row.dataset && !row.classList.contains('drop-here')"):
            break
        end = goal.bounding_box() or end
        page.mouse.move(end["x"] + end["width"] / 3, end["y"] + end["height"] / 2, steps=6)
    page.mouse.up()


def test_groups_and_criteria_are_dragged_also_into_an_empty_group(author: Person) -> None:
    page = author.go(EDIT)
    author.listening = False  # Sortable copies what is dragged with its styles, which the policy refuses to the copy.
    empty = page.locator("[data-empty-group]")
    drag(author, row(page, "c_dose").locator("[data-drag]"), empty, "**/criteria/order/")
    expect(page.locator('tbody[data-block="g_empty"] [data-sort-id="c_dose"]')).to_have_count(1)
    assert {item["id"]: item["group"] for item in stored()["criteria"]}["c_dose"] == "g_empty"

    drag(author, group(page, "g_tone").locator("[data-drag-group]"), group(page, "g_drugs"), "**/groups/order/")
    expect(page.locator("tr.grp").first).to_have_attribute("data-group-id", "g_tone")
    assert [one["id"] for one in stored()["groups"]] == ["g_tone", "g_drugs", "g_empty"]

    row(page, "c_dose").focus()
    page.keyboard.press("Delete")
    expect(empty).to_have_count(1)
    author.settle()
    drag(author, group(page, "g_tone").locator("[data-drag-group]"), empty, "**/groups/order/")
    expect(page.locator('tbody[data-block="g_tone"]')).to_have_attribute("data-parent", "g_empty")
    assert {one["id"]: one["parent"] for one in stored()["groups"]} == {
        "g_drugs": None, "g_empty": None, "g_tone": "g_empty",
    }  # fmt: skip


def test_levels_and_examples_by_buttons_and_anchors_in_the_row(author: Person) -> None:
    page = author.go(EDIT)
    row(page, "c_tone").focus()
    page.keyboard.press("e")
    page.get_by_label("Kind", exact=True).select_option("ordinal")
    levels = page.get_by_role("group", name="Levels, worst to best")
    each = levels.locator("[data-rows-row]")
    expect(each.first).to_be_visible()
    count = each.count()
    levels.get_by_role("button", name="Add a level").click()
    expect(each).to_have_count(count + 1)
    page.keyboard.type("warm")
    each.last.locator("textarea").fill("Names the worry and answers it.")
    levels.get_by_role("button", name="Take this level away").first.click()
    expect(each).to_have_count(count)
    page.get_by_text("Examples shown to the judge").click()
    page.get_by_role("button", name="Add an example").click()
    example = page.get_by_role("group", name="example 1")
    example.locator("textarea").first.fill("Do come back whenever you are unsure.")
    page.keyboard.press("Tab")
    saved(page)
    page.get_by_role("button", name="Done").click()
    peek = row(page, "c_tone").locator(".levels-peek")
    expect(peek).to_contain_text("warm")
    said = {item["id"]: item for item in stored()["criteria"]}["c_tone"]
    assert said["levels"][-1] == {"label": "warm", "value": 1.0, "anchor": "Names the worry and answers it."}
    assert [one["text"] for one in said["examples"]] == ["Do come back whenever you are unsure."]

    row(page, "c_tone").focus()
    page.keyboard.press("h")
    field = row(page, "c_tone").get_by_label("Anchor of “warm”")
    expect(field).to_have_value("Names the worry and answers it.")
    field.fill("Names the worry, answers it, offers help.")
    field.press("Enter")
    saved(page)
    expect(peek.locator("li").last).to_contain_text("offers help")
    assert stored()["criteria"][-1]["levels"][-1]["anchor"] == "Names the worry, answers it, offers help."
    page.evaluate("scrollTo(0, 0)")  # Half a button under the bar that stays in sight would count as small.
    assert author.serious_findings() == []


def test_the_table_shows_a_cell_of_the_matrix_alone(author: Person) -> None:
    page = author.go(f"{EDIT}standards/")
    page.get_by_role("row", name="safety").get_by_role("link").first.click()
    page.get_by_role("link", name="Edit these in the table").click()
    rows = page.locator("#criteria [data-sort-id]")
    expect(rows).to_have_count(1)
    expect(page.get_by_text("1 of 3 shown")).to_be_visible()
    expect(group(page, "g_tone")).to_be_hidden()
    assert author.serious_findings() == []
    page.get_by_label("With the words").fill("names")
    page.get_by_label("Scenario", exact=True).select_option("")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows).to_have_count(2)
    rows.last.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(rows.first).to_have_attribute("data-sort-id", "c_dose")
    expect(rows).to_have_count(2)
    assert [item["id"] for item in stored()["criteria"]] == ["c_dose", "c_drug", "c_tone"]
    page.get_by_role("link", name="dimension: safety").click()
    expect(page.get_by_text("2 of 3 shown")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(rows).to_have_count(3)


def test_undo_waits_for_what_was_typed_before_it(author: Person) -> None:
    """The words are still on their way when undo is pressed: undo takes back the words, redo brings them again."""
    page = author.go(EDIT)

    def slowly(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.get_by_label("Weight of criterion 2", exact=True).fill("4")
    page.keyboard.press("Enter")
    saved(page)
    author.settle()
    page.route("**/cell/", lambda route: slowly(route) if route.request.method == "POST" else route.continue_())
    row(page, "c_drug").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.type(" And why.")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+z")
    link = row(page, "c_drug").locator(".row-link")
    expect(page.get_by_role("button", name="Redo", exact=True)).to_be_enabled()
    expect(link).to_have_text("Names the drug.")
    first, second, _ = stored()["criteria"]
    assert (first["text"], second["weight"]) == ("Names the drug.", 4.0)
    page.unroute("**/cell/")
    author.until("document.readyState === 'complete' && 'studioKeys' in window")
    author.settle()
    page.keyboard.press("Control+y")
    expect(link).to_have_text("Names the drug. And why.")
    assert stored()["criteria"][0]["text"] == "Names the drug. And why."


def test_undo_can_be_pressed_from_the_first_change_on(author: Person) -> None:
    """Nothing was changed before, and the row is not drawn anew: the change on its way can be undone all the same."""
    page = author.go(EDIT)
    undo = page.get_by_role("button", name="Undo", exact=True)
    expect(undo).to_be_disabled()
    expect(undo).to_have_attribute("title", "Nothing to undo")
    page.route("**/cell/", lambda route: route.continue_() if route.request.method != "GET" else route.fulfill())
    row(page, "c_drug").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.type(" And why.")
    page.keyboard.press("Enter")
    expect(undo).to_be_enabled()
    expect(undo).to_have_attribute("title", "Undo the last change")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Redo", exact=True)).to_be_enabled()
    assert stored()["criteria"][0]["text"] == "Names the drug."
    page.unroute("**/cell/")
    author.until("document.readyState === 'complete' && 'studioKeys' in window")
    author.settle()
    page.get_by_label("Weight of criterion 2", exact=True).fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Redo", exact=True)).to_be_disabled()
    saved(page)


def test_a_new_criterion_survives_a_reload_and_an_ended_session(author: Person) -> None:
    page = author.go(EDIT)
    row(page, "c_drug").focus()
    page.keyboard.press("b")
    page.keyboard.type("Says when to come back.")
    page.reload()
    fresh = page.get_by_label("New criterion")
    expect(fresh).to_have_value("Says when to come back.")
    other = author.context.new_page()
    other.goto("/profile/")
    author.context.clear_cookies()
    fresh.press("Enter")
    expect(page.get_by_text("you are signed out")).to_be_visible()
    other.goto("/sign-in/")
    other.get_by_label("Username").fill("hanna")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_selector("#main")
    other.close()
    fresh.press("Enter")
    expect(page.locator("#criteria [data-sort-id]")).to_have_count(4)
    assert [item["text"] for item in stored()["criteria"]][:2] == ["Names the drug.", "Says when to come back."]
    expect(fresh).to_have_value("")
    page.reload()
    expect(page.locator("tr.new-row")).to_have_count(0)

    add = page.get_by_label("Write a criterion, or paste a list")
    add.fill("Lists open tests.\nNames the ward.")
    page.reload()
    expect(add).to_have_value("Lists open tests.\nNames the ward.")
    author.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Username").fill("hanna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{EDIT}")
    expect(add).to_have_value("Lists open tests.\nNames the ward.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#criteria [data-sort-id]")).to_have_count(6)
    expect(add).to_have_value("")
    page.reload()
    expect(add).to_have_value("")


def test_a_key_pressed_while_the_page_loads_waits_for_its_scripts(author: Person) -> None:
    """The table's script is late: a key that moves a row sends no bare form, and moves the row once all is there."""
    page = author.page
    late: list[Route] = []
    page.route("**/js/criteria-table*.js", lambda route: late.append(route))
    page.goto(EDIT, wait_until="commit")
    row(page, "c_drug").wait_for()
    author.until("'studioKeys' in window")
    row(page, "c_drug").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_timeout(300)
    assert len(late) == 1
    late[0].continue_()
    expect(page.locator("#criteria [data-sort-id]").first).to_have_attribute("data-sort-id", "c_dose")
    assert page.url.endswith(EDIT)


def test_words_typed_after_the_key_of_a_field_are_not_lost_while_the_page_loads(author: Person) -> None:
    """The table's script is late: the key goes to the field at once, and every letter after it is in it."""
    page = author.page
    late: list[Route] = []
    page.route("**/js/criteria-table*.js", lambda route: late.append(route))
    page.goto(EDIT, wait_until="commit")
    row(page, "c_drug").wait_for()
    author.until("'studioKeys' in window")
    page.keyboard.press("n")
    page.keyboard.type("Names the dose.")
    assert len(late) == 1
    late[0].continue_()
    author.until("document.readyState === 'complete'")
    expect(page.locator("#criterion-add textarea")).to_have_value("Names the dose.")
    assert stored()["criteria"][0]["text"] == "Names the drug."
