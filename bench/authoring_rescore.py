"""How long it takes to score a thousand judged answers again after a weight was changed, and how long at first."""

from bench import _studio
from bench.figures import Figure

ANSWERS, CRITERIA, REQUESTS = 1000, 50, 15


def run() -> list[Figure]:
    """Store verdicts of 1,000 answers on 50 criteria, change weights, and score all of it again."""
    with _studio.fresh() as studio:
        told = studio.told("bench._rescore_load", *map(str, (ANSWERS, CRITERIA, REQUESTS)))
        busy = _studio.load()
    scoring, panel, used = (sorted(told[name]) for name in ("scoring_ms", "panel_ms", "scoring_cpu_ms"))
    note = (
        f"{ANSWERS} answers, {CRITERIA} criteria; slowest {scoring[-1]:.0f} ms, {used[REQUESTS // 2]:.0f} ms of CPU;"
        f" {told['first_ms'][0]:.0f} ms where a process reads the verdicts for the first time;"
        f" the whole panel over HTTP {panel[REQUESTS // 2]:.0f} ms; {busy}"
    )
    value = round(scoring[REQUESTS // 2], 1)
    return [Figure("authoring.rescore_ms", value, "ms", n=REQUESTS, goal=100, note=note)]
