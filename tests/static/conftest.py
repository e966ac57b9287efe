"""A page of our own making in a real browser, with the product's scripts, styles and policy, and no server."""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from tests import browsers

STATIC = Path(__file__).resolve().parents[2] / "static"
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:"
SHEETS = ("framework", "tokens", "shell", "parts", "forms", "screens", "tour", "widths")
SHELL = """<!doctype html><html lang="en" data-theme="light">
<head><title>Test</title><meta name="csrf-token" content="token-7">
<meta name="htmx-config" content='{"includeIndicatorCSS": false, "noSwap": [204, 304, 403, 404, 409, "5xx"]}'>%s</head>
<body><main><h1>Test</h1><div id="notices"></div>%s</main>
<dialog class="sheet" id="confirm-dialog"><p data-confirm-text></p>
<button data-confirm-no>No</button><button data-confirm-yes>Yes</button></dialog>
<dialog class="sheet" id="keys-dialog"><dl data-key-list></dl><button data-keys-close>Close</button></dialog>
<dialog class="sheet palette" id="palette" aria-label="Find"><input type="text" role="combobox" aria-expanded="false"
aria-controls="palette-list" aria-label="Where to"><div id="palette-list" role="listbox" data-palette-list hidden></div>
<p data-palette-none hidden>Nothing found.</p><p role="status" data-palette-said></p></dialog>
</body></html>"""


class Site:
    """Answers every request of the page: the page, static files, and what the test says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.answers: dict[str, Callable[[], dict]] = {}
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda note: self.complaints.append(note.text) if "Content Security" in note.text else None)
        page.route("**/*", self._answer)

    def open(self, body: str, *scripts: str) -> Page:
        """Show a page with this body and these scripts of ours."""
        links = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in SHEETS)
        links += '<script src="/static/js/has-js.js"></script>'
        links += "".join(f'<script src="/static/{path}" defer></script>' for path in scripts)
        html = SHELL % (links, body)
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        self.answers["/"] = lambda: {"body": html, "headers": headers}
        self.page.goto("http://studio.test/")
        return self.page

    def reply(self, path: str, body: str = "", status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Say how a path is answered from now on."""
        self.answers[path] = lambda: {"body": body, "status": status, "headers": headers or {}}

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])
            return
        if path != "/":
            self.asked.append((path, route.request.post_data or "", route.request.headers))
        route.fulfill(**self.answers.get(path, lambda: {"status": 404, "body": ""})())


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """One browser for a module; Playwright's loop must not outlive it."""
    path = browsers.path_or_skip()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(browsers.FLAGS))
        yield found
        found.close()


@pytest.fixture
def site(browser) -> Iterator[Site]:
    """A fresh page; at the end nothing may have been refused or thrown."""
    page = browser.new_page(viewport={"width": 1200, "height": 800}, reduced_motion="reduce")
    made = Site(page)
    yield made
    page.close()
    assert made.complaints == []
