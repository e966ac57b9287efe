"""Rules on texts: how many a second one core decides, and how long the slow ones take."""

import random
import time
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from domain import checks
from domain.checks import Given

ANSWERS, LEAST, MOST = 200, 1_000, 2_000
RATE_GOAL, P99_GOAL = 1_500, 5.0
_TEXT = """take the tablet with water each morning before breakfast and ask your doctor about any rash or fever because
this medicine can change how other drugs work while you rest at home for two days after surgery"""
_WORDS = _TEXT.split()
_PIECES = ("17 × 3 = 51.", "The visit on 3 May 2024 was a Friday.", "It helps [1].", "**Note**", "Is it safe?", "5 mg")
SPECS: tuple[dict[str, Any], ...] = (
    {"kind": "words", "min": 50, "max": 500},
    {"kind": "length", "unit": "sentences", "max": 60},
    {"kind": "length", "unit": "tokens", "max": 800},
    {"kind": "contains", "text": "doctor"},
    {"kind": "keywords", "words": ["rash", "fever", "surgery"], "need": "all"},
    {"kind": "regex", "pattern": r"\b\d+ ?mg\b"},
    {"kind": "markdown", "part": "bullets", "min": 2},
    {"kind": "json_valid"},
    {"kind": "json_schema", "schema": {"type": "object"}},
    {"kind": "xml"},
    {"kind": "language", "codes": ["en"]},
    {"kind": "readability", "measure": "flesch_kincaid_grade", "max": 12},
    {"kind": "citations", "min": 1, "known": ["1"]},
    {"kind": "arithmetic"},
    {"kind": "calendar"},
    {"kind": "date", "first": "2024-01-01"},
    {"kind": "lookup", "table": {"rash": "fever", "water": "breakfast"}},
    {"kind": "ifeval", "instruction": "length_constraints:number_sentences",
     "kwargs": {"num_sentences": 5, "relation": "at least"}},
    {"kind": "ifbench", "instruction": "count:pronouns", "kwargs": {"N": 5}},
    {"kind": "ifbench", "instruction": "words:odd_even_syllables"},
)  # fmt: skip


def figures() -> Iterator[Figure]:
    """Each rule on each answer, every answer new to the process."""
    answers = _answers()
    for spec in SPECS:
        checks.evaluate(spec, Given(answers[0]))
    taken: list[tuple[float, str]] = []
    begun = time.process_time()
    for answer in answers[1:]:
        for spec in SPECS:
            start = time.thread_time()
            checks.evaluate(spec, Given(answer))
            taken.append((1000 * (time.thread_time() - start), spec["kind"]))
    spent = time.process_time() - begun
    taken.sort()
    count, p99 = len(taken), taken[int(0.99 * len(taken))]
    note = (
        f"{len(SPECS)} rules of {len({spec['kind'] for spec in SPECS})} kinds on {ANSWERS - 1} answers of 1 to 2 kB, "
    )
    note += "specification read each time, CPU of one process"
    yield Figure("scoring.checks_per_s", round(count / spent), "checks/s", count, RATE_GOAL, at_least=True, note=note)
    note = f"CPU of the thread; median {taken[count // 2][0]:.3f} ms, slowest {taken[-1][0]:.1f} ms ({taken[-1][1]})"
    yield Figure("scoring.check_p99_ms", round(p99[0], 2), "ms", count, P99_GOAL, note=note)


def _answers() -> list[str]:
    chance = random.Random(5)
    return [_answer(chance, chance.randint(LEAST, MOST)) for _ in range(ANSWERS)]


def _answer(chance: random.Random, size: int) -> str:
    text = ""
    while len(text) < size:
        sentence = " ".join(chance.choices(_WORDS, k=chance.randint(5, 18))).capitalize() + ". "
        piece = chance.choice(_PIECES) + " " if chance.random() < 0.3 else ""
        text += chance.choice(("", "\n", "\n\n- ", "")) + sentence + piece
    return text[:size]
