"""The tour begins by itself once, points at what is there, and leaves typing, focus and other keys alone."""

import pytest
from playwright.sync_api import Page, expect

PARTS = (
    '<input id="field" aria-label="Title"><button id="one">Table</button><button id="two">Words</button>'
    '<button data-tour-again data-command="Take the tour">Tour</button>'
)
TOUR = (
    '<p role="status" data-tour-said></p><section class="tour" role="dialog" tabindex="-1" hidden data-tour '
    'data-tour-seen="/seen" %s><span data-tour-count></span><button data-tour-skip>Skip</button>'
    '<div data-tour-step data-tour-at="#one" hidden><h2 id="t1">A table</h2><p id="x1">Rows.</p></div>'
    '<div data-tour-step data-tour-at="#gone" hidden><h2 id="t2">Not here</h2><p id="x2">Gone.</p></div>'
    '<div data-tour-step data-tour-at="#two" hidden><h2 id="t3">Words</h2><p id="x3">Short.</p></div>'
    "<button data-tour-back>Back</button><button data-tour-next><span data-tour-on>Next</span></button></section>"
)


@pytest.fixture
def fresh(site) -> Page:
    """A page on which the tour waits to begin by itself."""
    return site.open(TOUR % "data-tour-first" + PARTS, "js/keys.js", "js/tour.js")


def test_it_begins_by_itself_says_so_and_is_told_as_seen(site, fresh):
    panel = fresh.get_by_role("dialog", name="A table")
    expect(panel).to_be_visible()
    expect(fresh.locator("[data-tour-said]")).to_have_text("Tour, 1 of 2. A table. Rows.")
    assert fresh.evaluate("document.activeElement === document.body")
    assert fresh.locator("#one.tour-here").count() == 1
    assert [(path, headers["x-csrftoken"]) for path, _, headers in site.asked] == [("/seen", "token-7")]


def test_arrows_go_through_what_is_there_and_escape_ends_it(fresh):
    expect(fresh.get_by_role("dialog", name="A table")).to_be_visible()
    fresh.keyboard.press("ArrowLeft")
    fresh.keyboard.press("ArrowRight")
    expect(fresh.get_by_role("dialog", name="Words")).to_be_visible()
    expect(fresh.locator("[data-tour-next]")).to_have_text("Done")
    assert fresh.locator(".tour-here").get_attribute("id") == "two"
    fresh.keyboard.press("ArrowLeft")
    expect(fresh.get_by_role("dialog", name="A table")).to_be_visible()
    fresh.keyboard.press("Escape")
    expect(fresh.locator("[data-tour]")).to_be_hidden()
    assert fresh.locator(".tour-here").count() == 0


def test_it_does_not_begin_while_a_field_has_the_focus(site, fresh):
    fresh.focus("#field")
    fresh.wait_for_timeout(1200)
    assert fresh.locator("[data-tour]").is_hidden()
    assert site.asked == []


def test_it_is_away_while_somebody_types_and_takes_no_keys_from_others(fresh):
    panel = fresh.locator("[data-tour]")
    expect(panel).to_be_visible()
    fresh.focus("#field")
    expect(panel).to_be_hidden()
    fresh.keyboard.type("abc")
    fresh.keyboard.press("ArrowRight")
    assert fresh.input_value("#field") == "abc"
    fresh.focus("#one")
    expect(fresh.get_by_role("dialog", name="A table")).to_be_visible()
    fresh.keyboard.press("ArrowRight")
    fresh.keyboard.press("Escape")
    expect(fresh.get_by_role("dialog", name="A table")).to_be_visible()


def test_asked_for_it_takes_the_focus_and_gives_it_back(site):
    page = site.open(TOUR % "" + PARTS, "js/keys.js", "js/tour.js")
    page.wait_for_timeout(1100)
    assert page.locator("[data-tour]").is_hidden()
    page.click("[data-tour-again]")
    assert page.evaluate("document.activeElement.matches('[data-tour]')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-tour]")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('[data-tour-again]')")
    assert site.asked == []


def test_on_a_narrow_screen_it_is_a_sheet_at_the_bottom(site):
    site.page.set_viewport_size({"width": 390, "height": 844})
    page = site.open(TOUR % "data-tour-first" + PARTS, "js/keys.js", "js/tour.js")
    expect(page.locator("[data-tour]")).to_be_visible()
    box = page.locator("[data-tour]").bounding_box()
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844)
