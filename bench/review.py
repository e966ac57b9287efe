"""Review under load: the next item of a long queue, fifty people at once, and what a key takes in a browser."""

import asyncio
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench import _studio
from bench.figures import Figure

ANSWERS = 40_000
PEOPLE = 50
DONE = 20_000
SEATS = 3
CALLS = 200
MINUTES = 5.0
THINKING = (5.0, 11.0)
KEYS = 20
# Milliseconds in the page's own clock from a key to the frame in which the next item is painted.
CLOCK = """() => new Promise((resolve) => {
  let begun = 0;
  const before = document.querySelector("[data-desk]").dataset.claim;
  document.addEventListener("keydown", () => { begun = performance.now(); }, { capture: true, once: true });
  const watch = () => {
    const now = document.querySelector("[data-desk]")?.dataset.claim;
    if (begun && now && now !== before) setTimeout(() => resolve(performance.now() - begun));
    else requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
})"""


@dataclass
class Told:
    """What fifty people met: how long each request took, and what they were told is stored."""

    times: list[float] = field(default_factory=list)
    stored: dict[int, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run() -> list[Figure]:
    """Fill a studio, ask in process, let people loose on the web server, then press keys in a browser."""
    with _studio.fresh() as studio:
        scene = studio.told("bench._review_load", "fill", *map(str, (ANSWERS, PEOPLE, DONE, SEATS)))
        queue = str(scene["queue"])
        figures = [_next_item(studio.told("bench._review_load", "ask", queue, str(CALLS)), scene)]
        with studio.web(workers=2) as url:
            told = asyncio.run(_everybody(url, scene))
            busy = _studio.load()
            found = studio.told("bench._review_load", "check", queue)
            figures += _under_load(told, found, busy)
            with _page(url, scene) as page:
                figures.append(_paint(page, url, queue))
    return figures


def _next_item(told: dict[str, float], scene: dict[str, Any]) -> Figure:
    note = (
        f"claim and page as the desk asks for it, {told['cpu_ms']:.0f} ms of it in Python; "
        f"{scene['verdicts']:,} verdicts, {scene['items']:,} items, {DONE:,} decisions by the person; "
        f"median {told['p50_ms']:.0f}, most {told['most_ms']:.0f} ms, {told['queries']:.0f} queries; "
        f"a whole page opened by hand {told['whole_ms']:.0f}; {_studio.load()}"
    )
    return Figure("review.next_item_p95_ms", round(told["p95_ms"], 1), "ms", CALLS, 50, note=note)


async def _everybody(url: str, scene: dict[str, Any]) -> Told:
    told, end = Told(), time.monotonic() + MINUTES * 60
    people = [Person(url, scene, session, told, random.Random(n)) for n, session in enumerate(scene["sessions"])]
    await asyncio.gather(*(person.decide_until(end) for person in people))
    return told


@dataclass
class Person:
    """Decides as the page's script does: store, see the verdict while the next item is fetched, go on."""

    url: str
    scene: dict[str, Any]
    session: str
    told: Told
    chance: random.Random

    async def decide_until(self, end: float) -> None:
        """Open the queue and decide item after item."""
        queue = f"{self.url}/w/bench/review/{self.scene['queue']}"
        cookies = {self.scene["cookie"]: self.session}
        async with httpx.AsyncClient(cookies=cookies, timeout=60, trust_env=False, follow_redirects=True) as client:
            main = {"X-Part": "main"}
            await asyncio.sleep(self.chance.uniform(0, THINKING[1]))
            page = await self._ask(client, "GET", f"{queue}/next")
            while time.monotonic() < end:
                place = page.headers.get("content-location", page.url.path)
                claim = re.search(r"/claims/(\d+)$", place)
                if claim is None:
                    self.told.failures.append(f"no item at {place}")
                    return
                await asyncio.sleep(self.chance.uniform(*THINKING))
                value = float(self.chance.random() < 0.5)
                form = {"choice": "0" if value else "1", "evidence": "[]", "note": "", "elapsed": "7"}
                shown = await self._ask(client, "POST", self.url + place, data=form, headers=main)
                if shown.status_code == 200 and "/reviews/" in shown.url.path:
                    self.told.stored[int(claim.group(1))] = value
                page = await self._ask(client, "POST", f"{queue}/ahead", data={"beside": claim.group(1)}, headers=main)
                await asyncio.sleep(self.chance.uniform(0.5, 2))
                await self._ask(client, "POST", str(shown.url), data={"do": "keep"}, headers={"X-Desk": "background"})

    async def _ask(self, client: httpx.AsyncClient, method: str, address: str, **more: Any) -> httpx.Response:
        token = client.cookies.get("csrftoken", default="")
        headers = {"X-CSRFToken": token, "Referer": self.url, **more.pop("headers", {})}
        begun = time.perf_counter()
        answer = await client.request(method, address, headers=headers, **more)
        self.told.times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code not in {200, 204}:
            self.told.failures.append(f"{method} {answer.url.path}: {answer.status_code}")
        return answer


def _under_load(told: Told, found: dict[str, Any], busy: str) -> list[Figure]:
    stored = dict(found["reviews"])
    lost = [claim for claim, value in told.stored.items() if stored.get(claim) != value]
    p95 = statistics.quantiles(told.times, n=20)[-1]
    wrong = f"{len(told.failures)} requests failed" + (f": {told.failures[0]}" if told.failures else "")
    note = (
        f"{PEOPLE} people for {MINUTES:g} minutes, each deciding every {THINKING[0]:g} to {THINKING[1]:g} s, "
        f"2 web processes; {len(told.stored):,} decisions, median {statistics.median(told.times):.0f} ms, {wrong}; "
        f"{busy}"
    )
    n = len(told.stored)
    return [
        Figure("review.load_p95_ms", round(p95, 1), "ms", len(told.times), 150, note=note),
        Figure("review.double_claims", found["double"], "items", found["claims"], 0),
        Figure("review.lost_decisions", len(lost) + len(told.failures), "decisions", n, 0, note=wrong),
    ]


def _paint(page: Any, url: str, queue: str) -> Figure:
    """Enter on the verdict to the next item painted, fetched while the verdict is read."""
    page.goto(f"{url}/w/bench/review/{queue}/next")
    times = []
    for _ in range(KEYS):
        page.locator('[data-desk-form="answer"]').wait_for()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.locator('[data-desk-form="onward"]').wait_for()
        page.locator("[data-desk-ready]").wait_for()
        clock = page.evaluate_handle(f"() => {{ window.told = ({CLOCK})(); }}")
        page.keyboard.press("Enter")
        times.append(page.evaluate("() => window.told"))
        clock.dispose()
    note = f"median {statistics.median(times):.0f}, least {min(times):.0f} ms, worst of {KEYS}; {_studio.load()}"
    return Figure("review.paint_ms", round(max(times), 1), "ms", KEYS, 100, note=note)


@contextmanager
def _page(url: str, scene: dict[str, Any]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests import browsers

    path = browsers.find()
    if path is None:
        sys.stderr.write("   no Chromium was found: set STUDIO_CHROMIUM\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(browsers.FLAGS))
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.add_cookies([{"name": scene["cookie"], "value": scene["sessions"][1], "url": url}])
        yield context.new_page()
        browser.close()
