"""The editor with 500 criteria: server time, queries; in a browser from a key to `saved`, and what pages weigh."""

import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import _studio
from bench.figures import Figure

CALLS = 15
KEYS = 12
SMALL, MIDDLE, LARGE = 50, 500, 5000
PAGES = ("", "quality/", "versions/", "standards/", "use/", "settings/", "discuss/", "steps/", "replace/")
# Says in the page's own clock how long a key takes until the studio has it.
CLOCK = """() => new Promise((resolve) => {
  const chip = document.getElementById("draft-state");
  let begun = 0;
  document.addEventListener("keydown", () => { begun ||= performance.now(); }, { capture: true, once: true });
  const watch = new MutationObserver(() => {
    if (!begun || !/^(all )?saved/.test(chip.textContent.trim())) return;
    watch.disconnect();
    resolve(performance.now() - begun);
  });
  watch.observe(chip, { childList: true, characterData: true, subtree: true });
})"""


def run() -> list[Figure]:
    """Fill a studio, ask in process, then drive a browser against a real web server."""
    with _studio.fresh() as studio:
        told = studio.told("bench._editor_load", str(CALLS), str(SMALL), str(MIDDLE), str(LARGE))
        busy = _studio.load()
        figures = _in_process(told["sizes"], busy)
        with studio.web() as url, _page(url, told) as page:
            figures += _in_browser(page, url, busy)
    return figures


def _in_process(sizes: dict[str, dict[str, float]], busy: str) -> list[Figure]:
    small, middle, large = sizes[str(SMALL)], sizes[str(MIDDLE)], sizes[str(LARGE)]
    note = (
        f"first call of a process {middle['first_ms']:.0f} ms, least {middle['open_least_ms']:.0f} ms, "
        f"{middle['open_cpu_ms']:.0f} ms of CPU; storing a cell {middle['store_ms']:.0f} ms; {busy}"
    )
    long = f"first call {large['first_ms']:.0f} ms; storing a cell {large['store_ms']:.0f} ms; {busy}"
    same = f"{small['queries']:.0f} with {SMALL} criteria, {large['queries']:.0f} with {LARGE}; storing a cell takes "
    same += f"{middle['store_queries']:.0f}"
    return [
        Figure("authoring.editor_500_ms", round(middle["open_ms"], 1), "ms", CALLS, 150, note=note),
        Figure("authoring.editor_5000_ms", round(large["open_ms"], 1), "ms", CALLS, 1500, note=long),
        Figure("authoring.editor_queries", middle["queries"], "queries", 1, small["queries"], note=same),
    ]


def _in_browser(page: Any, url: str, busy: str) -> list[Figure]:
    edit = f"{url}/w/bench/rubrics/long-{MIDDLE}/1/"
    weights = {path or "edit": _weight(page, f"{edit}{path}") for path in PAGES}
    weights["library"] = _weight(page, f"{url}/w/bench/rubrics/")
    heaviest = max(weights, key=lambda name: weights[name])
    listed = ", ".join(f"{name.strip('/')} {weights[name]:.0f}" for name in sorted(weights, key=weights.__getitem__))
    times = sorted(_key(page, edit) for _ in range(KEYS))
    note = f"a key in a criterion's text, {MIDDLE} criteria; least {times[0]:.0f}, most {times[-1]:.0f} ms; {busy}"
    return [
        Figure("authoring.keypress_saved_ms", round(statistics.median(times), 1), "ms", KEYS, 300, note=note),
        Figure("authoring.page_kb", round(weights[heaviest], 1), "kB", len(weights), 250,
               note=f"as sent, with scripts and styles, nothing cached; worst: {heaviest}; {listed}"),
    ]  # fmt: skip


def _weight(page: Any, address: str) -> float:
    """Kilobytes sent for a page and all it asks for, plots apart."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    left_out: set[str] = set()
    sizes: dict[str, float] = {}

    def asked(event: dict[str, Any]) -> None:
        if "plotly" in event["request"]["url"]:
            left_out.add(event["requestId"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", lambda e: sizes.__setitem__(e["requestId"], e["encodedDataLength"]))
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{address} answered {answer and answer.status}")
    page.wait_for_load_state("networkidle")
    session.detach()
    return sum(size for key, size in sizes.items() if key not in left_out) / 1000


def _key(page: Any, address: str) -> float:
    """Milliseconds from a key in a criterion's text to the page saying that it is saved."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.locator("tr[data-sort-id]").nth(20).focus()
    page.keyboard.press("Enter")
    page.locator("form.cell-form textarea").wait_for()
    clock = page.evaluate_handle(f"() => {{ window.told = ({CLOCK})(); }}")
    page.keyboard.press("x")
    taken: float = page.evaluate("() => window.told")
    clock.dispose()
    return taken


@contextmanager
def _page(url: str, told: dict[str, Any]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests import browsers

    path = browsers.find()
    if path is None:
        sys.stderr.write("   no Chromium was found: set STUDIO_CHROMIUM\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(browsers.FLAGS))
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": told["cookie"], "value": told["session"], "url": url}])
        yield context.new_page()
        browser.close()
