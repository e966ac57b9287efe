"""How long it takes to score a million stored verdicts again, in what memory, a group of answers in one call, and to
compare formulas by algebra."""

import os
import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench import _checks, _formulas, _studio
from bench.figures import Figure
from domain import checks, rubric, scoring
from domain.checks import Given, Outcome
from engines.sandbox import Sandbox

ANSWERS, CRITERIA, TURNS = 20_000, 50, 5
RESCORE_GOAL, PEAK_GOAL = 3.0, 1_000
GROUP, GROUP_CRITERIA, CALLS = 64, 20, 400
GROUP_GOAL = 1.0
FORMULA_TURNS, SYMBOLIC_GOAL = 4, 300


def run() -> Iterator[Figure]:
    """Verdicts in an embedded PostgreSQL, then a group in memory, rules on texts, then formulas in the sandbox."""
    yield from _rescoring()
    yield _group()
    yield from _checks.figures()
    yield _symbolic()


def _rescoring() -> Iterator[Figure]:
    """From the stored verdicts of a run to stored scores, in one process."""
    with _studio.fresh() as studio:
        told = studio.told("bench._scoring_load", *map(str, (ANSWERS, CRITERIA, TURNS)))
        busy = _studio.load()
    seconds = sorted(told["seconds"])
    note = (
        f"{ANSWERS} answers, {CRITERIA} criteria, read, scored and stored under another weight; median of {TURNS},"
        f" fastest {seconds[0]:.2f} s, slowest {seconds[-1]:.2f} s, {statistics.median(told['cpu']):.2f} s of CPU"
        f" beside PostgreSQL; {busy}"
    )
    value = round(statistics.median(seconds), 2)
    yield Figure("scoring.rescore_1m_s", value, "s", told["verdicts"], RESCORE_GOAL, note=note)
    note = f"{told['before_mb']:.0f} MB before, with the verdicts written by the same process"
    yield Figure("scoring.rescore_peak_mb", round(told["peak_mb"]), "MB", told["verdicts"], PEAK_GOAL, note=note)


def _group() -> Figure:
    """The answers of one prompt through the pipeline, with a step that compares them."""
    said, table = _answers(GROUP, GROUP_CRITERIA)
    groups = [0] * GROUP
    taken = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        scoring.scores_of(said, table, groups=groups)
        taken.append(1000 * (time.perf_counter() - begun))
    taken.sort()
    steps = ", ".join(step.step for step in said.scoring)
    note = f"{GROUP} answers, {GROUP_CRITERIA} criteria, steps {steps}; p95 {taken[int(0.95 * CALLS)]:.2f} ms"
    return Figure("scoring.group_ms", round(statistics.median(taken), 3), "ms", CALLS, GROUP_GOAL, note=note)


def _symbolic() -> Figure:
    """Formulas that only algebra can compare, each through the whole check, and one that never ends."""
    sandbox = Sandbox(size=1)
    try:
        sandbox.run("algebra_equal", {"given": "x", "expected": "x", "decimals": 6}, seconds=60)
        taken, wrong = [], 0
        for _ in range(FORMULA_TURNS):
            for pairs, wanted in ((_formulas.EQUAL, Outcome.PASS), (_formulas.DIFFERENT, Outcome.FAIL)):
                for given, expected in pairs:
                    found, ms = _compared(sandbox, given, expected)
                    taken.append(ms)
                    wrong += found is not wanted
        endless = _compared(sandbox, *_formulas.ENDLESS)[1]
    finally:
        sandbox.close()
    taken.sort()
    note = (
        f"{len(taken)} pairs, equal and not, by a warm child of the sandbox; median {statistics.median(taken):.0f} ms,"
        f" slowest {taken[-1]:.0f} ms, {wrong} not decided as they should be; one without end stopped after"
        f" {endless:.0f} ms; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    value = round(taken[int(0.95 * len(taken))])
    return Figure("scoring.symbolic_p95_ms", value, "ms", len(taken), SYMBOLIC_GOAL, note=note)


def _compared(sandbox: Sandbox, given: str, expected: str) -> tuple[Outcome, float]:
    begun = time.perf_counter()
    found = checks.evaluate({"kind": "equivalent"}, Given(rf"\boxed{{{given}}}", expected, None, sandbox))
    return found.result, 1000 * (time.perf_counter() - begun)


def _answers(answers: int, criteria: int) -> tuple[rubric.Rubric, scoring.Table]:
    """Answers with verdicts by chance on a rubric with a pitfall or two and a gate."""
    chance = random.Random(7)
    listed: list[dict[str, Any]] = [
        {
            "id": f"c_{n}",
            "text": f"States fact {n}.",
            "weight": 1 + n % 5,
            "polarity": "negative" if n % 7 == 6 else "positive",
        }
        for n in range(criteria)
    ]
    listed[0] |= {"gate": {"when": "below", "value": 0.5, "floor": 0.0, "override": False}}
    made = rubric.parse(
        {"criteria": listed, "scoring": [{"step": "difficulty"}, {"step": "weighted"}, {"step": "gate"}]}
    )
    values = np.array([[chance.choice((0.0, 0.5, 1.0)) for _ in range(criteria)] for _ in range(answers)])
    return made, scoring.Table(values, np.zeros(values.shape, dtype=np.int8), np.zeros(answers, dtype=bool))
