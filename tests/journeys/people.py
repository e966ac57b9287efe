"""One person at a browser: signs in, goes to pages, and keeps what the console complains of."""

import json
import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, expect

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATIENCE = 60_000
expect.set_options(timeout=30_000)
_OVERFLOW = """(() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const right = (element) => Math.round(element.getBoundingClientRect().right);
  const out = [...document.querySelectorAll("body *")].filter((element) => right(element) > wide + 1
    && !element.parentElement.closest(".scroll-x, pre, table, .tabs, nav"));
  return out.slice(-2).map((element) => `${element.tagName}.${element.className} ends at ${right(element)}`)
    .concat([`the page is ${document.documentElement.scrollWidth} wide, the window ${wide}`]);
})()"""
_EXPECTED = re.compile(r"the server responded with a status of 4\d\d")


class Person:
    """A window of their own, with its cookies and its list of complaints."""

    def __init__(
        self, browser: Browser, url: str, *, width: int = 1440, height: int = 900, theme: str = "light"
    ) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.listening = True
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            base_url=url,
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)

    def sign_in(self, username: str, password: str) -> Page:
        """Come in by the door and stand on the start page."""
        self.page.goto("/sign-in/")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_selector("#main")
        return self.page

    def go(self, path: str) -> Page:
        """Open a page that must be there, and wait until its parts have come."""
        answer: Response | None = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing is being fetched into the page."""
        self.until("document.querySelector('.htmx-request') === null", what="the parts of the page")

    def until(self, expression: str, *, patience: float = 60.0, what: str = "") -> None:
        """Wait for something the page's own scripts bring about; the policy forbids Playwright's own way."""
        end = time.monotonic() + patience
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"Waited {patience:.0f} s in vain for {what or expression}."
            self.page.wait_for_timeout(200)

    def serious_findings(self, *, only: list[str] | None = None) -> list[str]:
        """Return what axe finds serious or critical, in a line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        rules = {"type": "rule", "values": only} if only else {"type": "tag", "values": TAGS}
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        self.page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")  # What sticks covers what scrolled below it.
        self.listening = False  # While it measures, axe itself tries inline styles, which the policy refuses.
        found: list[dict[str, Any]] = self.page.evaluate(
            f"axe.run(document, {json.dumps(options)}).then((found) => found.violations)"
        )
        self.listening = True
        return [
            f"{one['id']}: {node['target'][0]} {node['html'][:160]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"][:3]
        ]

    def overflow(self) -> list[str]:
        """Return what stands out on the right of the page."""
        found: list[str] = self.page.evaluate(_OVERFLOW)
        return found

    def close(self) -> None:
        """Leave."""
        self.context.close()

    def _heard(self, note: ConsoleMessage) -> None:
        if self.listening and note.type == "error" and not _EXPECTED.search(note.text):
            self.complaints.append(f"{self.page.url}: {note.text}")
