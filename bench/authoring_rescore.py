"""How long it takes to score a thousand judged answers again after a weight was changed, verdicts read each time."""

from bench import _studio
from bench.figures import Figure

ANSWERS, CRITERIA, REQUESTS = 1000, 50, 15


def run() -> list[Figure]:
    """Store verdicts of 1,000 answers on 50 criteria, change weights, and score all of it from the rows."""
    with _studio.fresh() as studio:
        told = studio.told("bench._rescore_load", *map(str, (ANSWERS, CRITERIA, REQUESTS)))
        busy = _studio.load()
    scoring, panel = sorted(told["scoring_ms"]), sorted(told["panel_ms"])
    note = (
        f"{ANSWERS} answers, {CRITERIA} criteria, verdicts read each time; slowest {scoring[-1]:.0f} ms;"
        f" the whole panel over HTTP {panel[REQUESTS // 2]:.0f} ms; {busy}"
    )
    value = round(scoring[REQUESTS // 2], 1)
    return [Figure("authoring.rescore_ms", value, "ms", n=REQUESTS, goal=100, note=note)]
