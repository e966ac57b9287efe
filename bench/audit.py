"""Audits over stored data: how long each takes on 5,000 prompts with 8 answers and 20 criteria, how long the distances
of 40 scorers take, and how soon the pages are there."""

import http.client
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bench import _studio
from bench.figures import Figure
from domain import audits
from domain.audits import Answers, Inputs, Judged, Known, Pairs, Scores

PROMPTS, EACH, CRITERIA = 5_000, 8, 20
SCORERS, RESPONSES = 40, 5_000
AUDIT_GOAL, MATRIX_GOAL, HOME_GOAL, PLOT_GOAL, SCRIPT_GOAL = 5.0, 3.0, 200.0, 1000.0, 500.0
TURNS, CALLS, PLOTS = 3, 60, 7
DRAWN = """() => new Promise((done, failed) => {
  const end = performance.now() + 30000;
  const look = () => {
    if (document.querySelector('.hoverlayer .hovertext')) { done(performance.now()); return; }
    if (performance.now() > end) { failed(new Error('no plot answered the mouse')); return; }
    const pad = document.querySelector('.js-plotly-plot .nsewdrag');
    document.querySelectorAll('.js-plotly-plot .point, .js-plotly-plot .points path').forEach((point, place) => {
      if (!pad || place > 4) return;
      const { left, top, width, height } = point.getBoundingClientRect();
      const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true };
      ['mouseover', 'mousemove'].forEach((what) => pad.dispatchEvent(new MouseEvent(what, at)));
    });
    setTimeout(look, 20);
  };
  look();
})"""


def run() -> Iterator[Figure]:
    """The slowest audit of all that run on such data, then the matrix; in one process, on random scores."""
    inputs = _inputs()
    taken = {kind: _seconds(kind, inputs) for kind, lacking in audits.possible(inputs).items() if not lacking}
    slowest = max(taken, key=lambda kind: taken[kind])
    note = (
        f"the slowest of {len(taken)} audits, {slowest}; median {np.median(list(taken.values())):.2f} s; {PROMPTS}"
        f" prompts, {EACH} answers, {CRITERIA} criteria; {_studio.load()}"
    )
    yield Figure(
        "audit.stored_audit_s", round(taken[slowest], 2), "s", PROMPTS * EACH * CRITERIA, AUDIT_GOAL, note=note
    )
    many = _many()
    seconds = sorted(_seconds("distance_matrix", many) for _ in range(TURNS))
    note = f"{SCORERS} scorers, {RESPONSES} answers to {RESPONSES // 4} prompts; median of {TURNS}; {_studio.load()}"
    yield Figure(
        "audit.distance_matrix_s", round(seconds[TURNS // 2], 3), "s", SCORERS * RESPONSES, MATRIX_GOAL, note=note
    )
    yield from _stored()


def _stored() -> Iterator[Figure]:
    """The same audits from the database on, and the pages of a workspace whose cards are full."""
    with _studio.fresh() as studio:
        scene = studio.told("bench._audit_load", "fill", str(PROMPTS), str(EACH), str(CRITERIA))
        told = studio.told("bench._audit_load", "audit")
        slowest = max(told["taken"], key=lambda kind: told["taken"][kind])
        late = ", ".join(f"{kind} {taken} s" for kind, taken in told["taken"].items() if taken > AUDIT_GOAL)
        note = (
            f"from the database to the finding, the slowest of {len(told['taken'])} audits, {slowest}; median"
            f" {told['median']:.2f} s, reading all at once {told['reading']} s; over the goal: {late or 'none'};"
            f" {_studio.load()}"
        )
        yield Figure(
            "audit.database_audit_s", told["taken"][slowest], "s", PROMPTS * EACH * CRITERIA, AUDIT_GOAL, note=note
        )
        with studio.web() as url:
            yield _home(url, scene)
            yield from _plots(url, scene)


def _home(url: str, scene: dict[str, Any]) -> Figure:
    """The slowest of the audit home and of two report cards, in the slow case."""
    paths = (
        "/w/bench/audit/",
        f"/w/bench/audit/rubrics/{scene['rubric']}/1",
        f"/w/bench/audit/judges/{scene['judge']}/1",
    )
    found = {}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    for path in paths:
        times = []
        for turn in range(CALLS + 3):
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": f"{scene['cookie']}={scene['session']}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            if turn >= 3:
                times.append((time.perf_counter() - begun) * 1000)
        found[path.split("/", 3)[3]] = (statistics.quantiles(times, n=20)[-1], statistics.median(times))
    worst = max(found, key=lambda path: found[path][0])
    listed = ", ".join(f"{path} {median:.0f} ({late:.0f})" for path, (late, median) in found.items())
    note = f"95th percentile of {worst}; medians (95th percentiles) in ms: {listed}; one web process; {_studio.load()}"
    return Figure("audit.home_ms", round(found[worst][0], 1), "ms", CALLS, HOME_GOAL, note=note)


def _plots(url: str, scene: dict[str, Any]) -> Iterator[Figure]:
    """From the click to a plot that answers the mouse, with an empty cache; and the script that came for it."""
    times, weights = [], []
    for _ in range(PLOTS):
        with _page(url, scene) as page:
            if page is None:
                return
            heard = _heard(page)
            page.goto(f"{url}/w/bench/audit/{scene['audit']}")
            times.append(float(page.evaluate(DRAWN)))
            page.wait_for_load_state("networkidle")
            weights.append(sum(heard.values()) / 1000)
    with _page(url, scene) as page:
        heard = _heard(page)
        page.goto(f"{url}/w/bench/audit/", wait_until="networkidle")
        without = sum(heard.values()) / 1000
        plotly = [path for path in heard if "plotly" in path]
    note = f"median; least {min(times):.0f}, most {max(times):.0f}; a new browser context each time; {_studio.load()}"
    yield Figure("audit.plot_interactive_ms", round(statistics.median(times), 1), "ms", PLOTS, PLOT_GOAL, note=note)
    note = f"compressed; {without:.0f} kB on a page that draws nothing, of which Plotly {'' if plotly else 'nothing'}"
    if plotly:
        raise RuntimeError("A page that draws nothing loads Plotly.")
    yield Figure("audit.plot_script_kb", round(max(weights), 1), "kB", PLOTS, SCRIPT_GOAL, note=note)


def _heard(page: Any) -> dict[str, int]:
    """The bytes of each script that comes over the wire, filled as it comes."""
    found: dict[str, int] = {}
    addresses: dict[str, str] = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")

    def begun(told: dict[str, Any]) -> None:
        if told["type"] == "Script":
            addresses[told["requestId"]] = told["response"]["url"]

    def ended(told: dict[str, Any]) -> None:
        if told["requestId"] in addresses:
            found[addresses[told["requestId"]]] = int(told["encodedDataLength"])

    wire.on("Network.responseReceived", begun)
    wire.on("Network.loadingFinished", ended)
    return found


@contextmanager
def _page(url: str, scene: dict[str, Any]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests import browsers

    path = browsers.find()
    if path is None:
        sys.stderr.write("   no Chromium was found: set STUDIO_CHROMIUM\n")
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(browsers.FLAGS))
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.add_cookies([{"name": scene["cookie"], "value": scene["session"], "url": url}])
        yield context.new_page()
        browser.close()


def _seconds(kind: str, inputs: Inputs) -> float:
    begun = time.perf_counter()
    audits.run(kind, inputs, {}, seed=7)
    return time.perf_counter() - begun


def _inputs() -> Inputs:
    """Two scorers with verdicts, gold, lengths, styles, policies and pairs, by chance."""
    chance = np.random.default_rng(7)
    rows = PROMPTS * EACH
    good = chance.random(rows)
    degrees = (chance.random((rows, CRITERIA)) < good[:, None]).astype(np.float64)
    weights = np.where(np.arange(CRITERIA) % 6 == 5, -1.0, 2.0)
    prompts = [f"p{n // EACH}" for n in range(rows)]
    tags = {
        "source": [f"m{n % EACH}" for n in range(rows)], "style": ["plain", "long", "markdown", "bare"] * (rows // 4),
        "policy": ["empty" if n % EACH == 7 else "" for n in range(rows)],
        "position": [str(n % 4) for n in range(rows)], "of": [f"r{n - n % 2}" if n % 2 else "" for n in range(rows)],
        "edit": ["typos" if n % 4 == 1 else "attack:opener:en:alone" if n % 4 == 3 else "" for n in range(rows)],
    }  # fmt: skip
    answers = Answers(
        prompts, [f"r{n}" for n in range(rows)], correct=(good > chance.random(rows)).astype(np.float64),
        gold=good, lengths=chance.integers(20, 900, rows).astype(np.float64), tags=tags,
    )  # fmt: skip
    one = Scores("one", degrees @ weights, [f"c{n}" for n in range(CRITERIA)], degrees, weights)
    first, second = (chance.choice([0.0, 0.5, 1.0], rows) for _ in range(2))
    ids = [f"x{n}" for n in range(rows)]
    pairs = Pairs(ids, prompts, ids, ids, judged=[Judged("a", first, second), Judged("b", second, first)],
                  strength=chance.integers(1, 4, rows).astype(np.float64))  # fmt: skip
    known = Known(
        chance.random(rows * CRITERIA), chance.integers(0, 2, rows * CRITERIA).astype(np.float64),
        [prompt for prompt in prompts for _ in range(CRITERIA)], ["r"] * (rows * CRITERIA),
    )  # fmt: skip
    return Inputs(answers, [one, Scores("two", good + 0.1 * chance.normal(size=rows))], pairs, known=known)


def _many() -> Inputs:
    chance = np.random.default_rng(8)
    shared = chance.normal(size=RESPONSES)
    answers = Answers([f"p{n // 4}" for n in range(RESPONSES)], [f"r{n}" for n in range(RESPONSES)])
    return Inputs(answers, [Scores(f"s{n}", shared + chance.normal(size=RESPONSES)) for n in range(SCORERS)])
