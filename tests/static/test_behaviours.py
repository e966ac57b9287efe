"""Each small script does what its data attribute says, under the content security policy of the product."""

import json
import re
import time

HTMX = ("vendor/htmx-4.0.1/htmx.min.js", "js/htmx-setup.js", "js/notices.js")


def _wait(page, script):
    """Wait for an expression; the page's policy forbids Playwright's own way, which evaluates strings."""
    end = time.monotonic() + 8
    while not page.evaluate(script):
        assert time.monotonic() < end, script
        page.wait_for_timeout(50)


STATE = "document.querySelector('[data-save-state]').textContent"


def test_htmx_sends_the_token_and_swaps_a_refused_form(site):
    site.reply("/save", '<form id="f"><ul class="errors"><li>Too long.</li></ul></form>', 422)
    page = site.open(
        '<form id="f" hx-post="/save" hx-swap="outerHTML"><input name="a" value="1"><button>Save</button></form>', *HTMX
    )
    page.click("text=Save")
    page.wait_for_selector("text=Too long.")
    path, body, headers = site.asked[0]
    assert (path, "1" in body, headers["x-csrftoken"]) == ("/save", True, "token-7")


def test_other_errors_land_in_the_notices_and_leave_the_target_alone(site):
    notice = '<div class="notice r" data-notice><div>Version 4 has changed.</div><button data-dismiss>×</button></div>'
    site.reply("/conflict", notice, 409)
    site.reply("/gone", "<html>whole page</html>", 404)
    page = site.open(
        '<div id="t">as before</div><button hx-post="/conflict" hx-target="#t">First</button>'
        '<button hx-get="/gone" hx-target="#t">Second</button>',
        *HTMX,
    )
    page.click("text=First")
    page.wait_for_selector("#notices >> text=Version 4 has changed.")
    page.click("text=Second")
    page.wait_for_selector("#notices >> text=no longer there")
    assert page.inner_text("#t") == "as before"
    page.click("#notices [data-dismiss] >> nth=0")
    assert page.locator("#notices > *").count() == 1


def test_polling_stops_when_the_fragment_stops_asking(site):
    site.reply("/progress", '<p id="p">done</p>')
    page = site.open('<p id="p" hx-get="/progress" hx-trigger="every 200ms" hx-swap="outerHTML">running</p>', *HTMX)
    page.wait_for_selector("text=done")
    page.wait_for_timeout(500)  # A slow machine may have asked twice before the first answer came.
    asked = len(site.asked)
    page.wait_for_timeout(600)
    assert len(site.asked) == asked


def test_neighbours_refresh_on_a_named_event(site):
    site.reply("/do", "ok", headers={"HX-Trigger": "rubric-changed"})
    site.reply("/total", "12 criteria")
    page = site.open(
        '<button hx-post="/do" hx-target="this">Do</button>'
        '<p hx-get="/total" hx-trigger="rubric-changed from:body">11</p>',
        *HTMX,
    )
    page.click("text=Do")
    page.wait_for_selector("text=12 criteria")


def test_keys_press_what_they_name_but_never_while_typing(site):
    page = site.open(
        '<a href="#new" data-key="n">New <kbd>N</kbd></a>'
        '<input id="q" data-key="/" aria-label="find"><label>'
        '<input type="radio" name="v" data-key="1"> Met</label>',
        "js/keys.js",
    )
    page.keyboard.press("n")
    assert page.url.endswith("#new")
    page.keyboard.press("1")
    assert page.is_checked("[name=v]")
    page.keyboard.press("/")
    page.keyboard.type("n?1")
    assert page.input_value("#q") == "n?1"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    said = page.inner_text("#keys-dialog")
    assert all(word in said for word in ("New", "find", "Met", "this list"))


def test_a_key_without_a_usable_element_does_nothing(site):
    page = site.open('<button data-key="x" disabled>Off</button><p>still here</p>', "js/keys.js")
    page.keyboard.press("x")
    assert page.is_visible("text=still here")


def test_confirm_asks_before_the_form_is_sent(site):
    site.reply("/delete", "gone")
    page = site.open(
        '<form action="/delete" method="post" data-confirm="This deletes the draft."><button>Delete</button></form>',
        "js/confirm.js",
    )
    page.click("text=Delete")
    assert page.inner_text("[data-confirm-text]") == "This deletes the draft."
    page.click("[data-confirm-no]")
    assert site.asked == []
    page.click("text=Delete")
    assert page.inner_text("[data-confirm-yes]") == "Delete"
    page.click("[data-confirm-yes]")
    page.wait_for_url("**/delete")


AUTOSAVE = (
    '<form data-autosave="c1" action="/save" method="post">'
    '<input type="hidden" name="revision" value="1">'
    '<input id="id_text" name="text" value="old"><span data-save-state>saved</span></form>'
)


def test_autosave_stores_and_takes_the_new_revision(site):
    site.reply("/save", headers={"X-Revision": "2"})
    page = site.open(AUTOSAVE, "js/autosave.js")
    page.fill("#id_text", "new")
    _wait(
        page,
        f"{STATE} === 'saved' && document.querySelector('[name=revision]').value === '2'",
    )
    assert "new" in site.asked[0][1]
    assert page.evaluate("localStorage.length") == 0


def test_autosave_keeps_the_text_in_the_browser_until_the_studio_has_it(site):
    site.reply("/save", status=503)
    page = site.open(AUTOSAVE, "js/autosave.js")
    page.fill("#id_text", "written by hand")
    _wait(page, f"{STATE}.startsWith('not saved')")
    assert "written by hand" in page.evaluate("localStorage.getItem('studio:c1')")
    site.reply("/save")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert page.input_value("#id_text") == "written by hand"
    _wait(page, f"{STATE} === 'saved'")
    assert page.evaluate("localStorage.length") == 0


def test_a_submit_waits_for_the_save_in_flight(site):
    site.reply("/save", "<h2>Stored</h2>", headers={"X-Revision": "2", "Content-Type": "text/html"})
    page = site.open(AUTOSAVE, "js/autosave.js")
    page.evaluate(
        """() => {
        const form = document.querySelector('form'), send = window.fetch;
        window.fetch = (...given) => { const reply = send(...given); form.requestSubmit(); return reply; };
        form.elements.text.value = 'new';
        form.elements.text.dispatchEvent(new Event('change', { bubbles: true }));
        }"""
    )
    page.wait_for_selector("text=Stored")
    assert [path for path, _, _ in site.asked] == ["/save", "/save"]
    assert "revision=2" in site.asked[1][1]


def test_autosave_says_a_conflict_and_shows_errors_beside_their_field(site):
    site.reply("/save", status=409)
    page = site.open(AUTOSAVE, "js/autosave.js")
    page.fill("#id_text", "a")
    _wait(page, f"{STATE}.startsWith('conflict')")
    site.reply("/save", '<form><ul class="errors" id="id_text_error"><li>Too short.</li></ul></form>', 422)
    page.fill("#id_text", "b")
    page.wait_for_selector("#id_text + .errors >> text=Too short.")
    assert page.get_attribute("#id_text", "aria-invalid") == "true"


def test_marking_text_gives_offsets_in_code_points(site):
    page = site.open(
        '<p data-evidence="#spans">👍 Come back at once if you faint.</p>'
        '<input type="hidden" id="spans" value="[]"><button data-evidence-clear>Clear</button>',
        "js/evidence-select.js",
    )
    page.evaluate(
        """() => {
        const text = document.querySelector('[data-evidence]').firstChild;
        const at = text.textContent.indexOf('Come');
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 9);
        getSelection().addRange(range);
        document.dispatchEvent(new MouseEvent('mouseup')); }"""
    )
    assert json.loads(page.input_value("#spans")) == [{"start": 2, "end": 11, "text": "Come back"}]
    assert page.inner_text("mark") == "Come back"
    page.click("[data-evidence-clear]")
    assert json.loads(page.input_value("#spans")) == []


def test_dragging_posts_the_new_order(site):
    site.reply("/order")
    rows = "".join(f'<li data-sort-id="{name}"><button class="drag" data-drag>⠿</button>{name}</li>' for name in "abc")
    page = site.open(
        f'<ul data-sortable="/order">{rows}</ul>', "vendor/sortablejs-1.15.7/Sortable.min.js", "js/sortable.js"
    )
    page.drag_and_drop("[data-sort-id=a] [data-drag]", "[data-sort-id=c]", target_position={"x": 20, "y": 18})
    _wait(page, "document.querySelector('ul').lastElementChild.dataset.sortId === 'a'")
    page.wait_for_timeout(200)
    assert re.findall(r'name="order"\s+(\w)', site.asked[0][1]) == ["b", "c", "a"]


def test_a_plot_is_drawn_without_an_inline_style_and_goes_quietly(site):
    figure = json.dumps(
        {"data": [{"x": [1, 2], "y": [3, 4], "type": "scatter"}], "layout": {"yaxis": {"title": "score"}}}
    )
    page = site.open(
        '<div class="plot" data-plot="fig" '
        'data-plot-src="/static/vendor/plotly-cartesian-4.1.1/plotly-cartesian.min.js" '
        'data-plot-rules="/static/vendor/plotly-cartesian-4.1.1/plotly-rules.css"></div>'
        f'<script type="application/json" id="fig">{figure}</script>',
        "js/plot.js",
    )
    page.wait_for_selector(".js-plotly-plot svg .ytitle", timeout=20000)
    assert page.locator("style").count() == 0


def test_copying_says_so(site, browser):
    site.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = site.open(
        "<div data-copy-box><button data-copy>Copy</button><code data-copy-text>a &lt; b</code></div>", "js/copy.js"
    )
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    page.click("[data-copy]")
    page.wait_for_selector("text=Copied")


def test_the_theme_changes_at_once_and_is_stored(site):
    site.reply("/theme")
    page = site.open(
        '<form data-theme-form action="/theme" method="post">'
        '<button name="theme" value="dark" aria-pressed="false">Dark</button></form>',
        "js/theme.js",
    )
    page.click("text=Dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.get_attribute("button", "aria-pressed") == "true"
    page.wait_for_timeout(200)
    assert "dark" in site.asked[0][1]


def test_menus_close_on_escape_and_elsewhere(site):
    page = site.open(
        '<details class="menu" data-menu><summary>More</summary><a href="#x">X</a></details><p>elsewhere</p>',
        "js/menu.js",
    )
    page.click("summary")
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    page.click("summary")
    page.click("text=elsewhere")
    assert page.locator("details[open]").count() == 0


GUEST = (
    '<ul class="guests"><li data-guest="7" data-guest-name="Vera" data-guest-criterion="c_1"><details data-menu>'
    '<summary class="avatar g">VE</summary><a href="#criteria" data-guest-go>in a criterion</a></details></li></ul>'
)


def test_others_in_a_draft_are_shown_in_their_rows_and_go_when_they_leave(site):
    site.reply("/here", GUEST)
    page = site.open(
        '<div data-presence="/here"><span role="status" data-presence-said></span></div><table>'
        '<tr id="r1" data-sort-id="c_1" tabindex="0"><td class="main"><b data-number>4</b></td></tr>'
        '<tr id="r2" data-sort-id="c_2" tabindex="0"><td class="main"><b data-number>5</b></td></tr></table>',
        "js/presence.js",
    )
    page.wait_for_selector("#r1.visited >> text=Vera is here")
    assert page.inner_text("[data-presence-said]") == "Vera is here too."
    assert page.get_attribute("[data-guest-go]", "href") == "#r1"
    site.reply("/here", '<ul class="guests"></ul>')
    page.focus("#r2")
    _wait(page, "!document.querySelector('.guest-here')")
    assert page.inner_text("[data-presence-said]") == "Vera left."
    assert "c_2" in site.asked[-1][1]


def test_presence_falls_silent_where_it_may_not_be(site):
    site.reply("/here", "", 403)
    page = site.open('<div data-presence="/here"></div><button data-sort-id="c_2">x</button>', "js/presence.js")
    _wait(page, "true")
    page.wait_for_timeout(200)
    page.focus("button")
    page.wait_for_timeout(700)
    assert len(site.asked) == 1


FIND = '<button data-palette-open data-palette-url="/find" data-key="Mod+k" data-key-typing>Find</button>'


def test_the_palette_does_what_the_page_offers_and_goes_where_words_lead(site):
    places = [{"group": "Rubrics", "label": "Letters <b>x</b>", "hint": "letters", "url": "/#letters"}]
    site.reply("/find", json.dumps({"results": places}), headers={"Content-Type": "application/json"})
    page = site.open(
        f'{FIND}<input id="text"><button data-key="b" data-key-label="a new criterion below" id="new">New</button>'
        '<a href="#paste" data-command="Paste a list">Read</a><button data-key="d" disabled>Duplicate</button>'
        "<div data-key-scope><button data-key='w'>Weigh another row</button></div>",
        "js/keys.js",
        "js/palette.js",
    )
    page.evaluate("document.getElementById('new').addEventListener('click', () => { document.title = 'made'; })")
    page.focus("#text")
    page.keyboard.press("Control+k")
    page.wait_for_selector("[role=option] >> text=Letters <b>x</b>")
    offered = page.locator("[role=option] .grow").all_inner_texts()
    assert offered == ["Letters <b>x</b>", "A new criterion below", "Paste a list"]
    assert page.get_attribute("[role=combobox]", "aria-activedescendant") == "palette-0"
    page.keyboard.type("criterion new")
    page.keyboard.press("Enter")
    _wait(page, "document.title === 'made'")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.press("Control+k")
    page.wait_for_selector("[role=option] >> text=Letters")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("[role=option][aria-selected=true]", "id") == "palette-1"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    _wait(page, "location.hash === '#letters'")


def test_own_keys_take_the_place_of_those_in_the_markup(site):
    page = site.open(
        '<meta name="studio-keys" content="{&quot;b&quot;: &quot;x&quot;}">'
        '<button data-key="b" id="new">New <kbd>B</kbd></button><input data-capture-key id="key">',
        "js/keys.js",
        "js/key-capture.js",
    )
    page.evaluate("document.getElementById('new').addEventListener('click', () => { document.title += '!'; })")
    assert page.inner_text("#new kbd") == "X"
    page.keyboard.press("b")
    page.keyboard.press("x")
    assert page.title() == "Test!"
    page.focus("#key")
    page.keyboard.press("Alt+ArrowUp")
    assert page.input_value("#key") == "Alt+ArrowUp"
    page.keyboard.press("Delete")
    assert page.input_value("#key") == ""
