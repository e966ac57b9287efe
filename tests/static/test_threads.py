"""Discussions and suggested edits find their rows, open beside the table, and names are offered after an @."""

import json

from tests.static.test_behaviours import HTMX, _wait

ROWS = (
    '<table id="criteria"><tbody><tr id="criterion-row-7" data-row data-sort-id="c_1" tabindex="-1"><td>Text'
    '<div data-part="meta"></div></td></tr><tr id="criterion-row-8"><td>Other<div data-part="meta"></div></td></tr>'
    "</tbody></table>"
)
PANEL = '<section id="thread-panel" hidden data-threads="/discuss/" data-marks="/marks/"></section>'
OPENED = (
    '<section id="thread-panel" tabindex="-1" data-threads="/discuss/" data-marks="/marks/"><p>Which dose?</p>'
    '<button type="button" data-close-threads>Close</button></section>'
)


def test_marks_open_the_discussions_of_their_row(site):
    site.reply("/marks/", json.dumps({"8": ["c_2", 2]}), headers={"Content-Type": "application/json"})
    site.reply("/discuss/", OPENED)
    page = site.open(ROWS + PANEL, *HTMX, "js/threads.js")
    page.click("#criterion-row-8 >> text=2 open discussions")
    page.wait_for_selector("text=Which dose?")
    page.click("text=Close")
    assert page.locator("#thread-panel").is_hidden()
    page.focus("#criterion-row-7")
    page.keyboard.press("c")
    page.wait_for_selector("text=Which dose?")
    _wait(page, "document.activeElement.id === 'thread-panel'")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "criterion-row-7"
    row = '<tr id="criterion-row-8"><td>Changed<div data-part="meta"></div></td></tr>'
    page.evaluate(f"document.getElementById('criterion-row-8').outerHTML = '{row}'")
    page.wait_for_selector("#criterion-row-8 >> text=2 open discussions")
    site.reply("/marks/", "{}", headers={"Content-Type": "application/json"})
    page.evaluate("document.body.dispatchEvent(new CustomEvent('threads-changed'))")
    _wait(page, "document.querySelector('[data-thread-mark]') === null")


def test_people_are_offered_after_an_at(site):
    page = site.open(
        '<textarea aria-label="Comment" data-mentions></textarea><ul hidden data-people>'
        '<li data-name="ada">Ada L.</li><li data-name="piet">Piet</li><li data-name="ann.o">Ann</li></ul>',
        "js/mentions.js",
    )
    field = page.get_by_label("Comment")
    field.press_sequentially("mail@a")
    assert page.locator("[role=option]").count() == 0
    field.press_sequentially(" Ask @a")
    assert page.locator("[role=option]").all_inner_texts() == ["Ada L. @ada", "Ann @ann.o"]
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "mention-1"
    field.press("Enter")
    assert field.input_value() == "mail@a Ask @ann.o "
    field.press_sequentially("@pi")
    page.click("[role=option]")
    assert field.input_value() == "mail@a Ask @ann.o @piet "


def test_suggested_edits_stand_in_their_rows(site):
    block = '<div id="suggested-edits" hidden><div data-suggested-for="7">suggested <ins>each</ins></div></div>'
    site.reply("/edits/", block)
    page = site.open(ROWS + '<section data-suggested-edits="/edits/"></section>', *HTMX, "js/suggestions.js")
    page.wait_for_selector("#criterion-row-7 >> text=each")
    page.evaluate("document.querySelector('#criterion-row-7 td').innerHTML = 'New<div data-part=meta></div>'")
    page.wait_for_selector("#criterion-row-7 >> text=each")
