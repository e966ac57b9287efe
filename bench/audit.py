"""Audits over stored data: how long each takes on 5,000 prompts with 8 answers and 20 criteria, and how long the
distances of 40 scorers take."""

import time
from collections.abc import Iterator

import numpy as np

from bench import _studio
from bench.figures import Figure
from domain import audits
from domain.audits import Answers, Inputs, Judged, Known, Pairs, Scores

PROMPTS, EACH, CRITERIA = 5_000, 8, 20
SCORERS, RESPONSES = 40, 5_000
AUDIT_GOAL, MATRIX_GOAL = 5.0, 3.0
TURNS = 3


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
