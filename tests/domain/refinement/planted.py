"""A good rubric with planted bad criteria, and verdicts on pairs of answers of known quality."""

from typing import NamedTuple

import numpy as np

from domain import refinement, rubric

GOOD = 20
BAD = {
    "inverted": refinement.Fault.INVERTED, "twin": refinement.Fault.REDUNDANT, "constant": refinement.Fault.SATURATED,
    "never": refinement.Fault.DEAD, "long": refinement.Fault.LENGTH, "compound": refinement.Fault.COMPOUND,
}  # fmt: skip


GOOD_WORDS = ("dose", "day of the next visit", "warning sign", "name of the ward", "side effect")
COMPOUND_WORDS = (
    "States the dose and explains how to take it.",
    "Names the ward and gives the date of the next visit.",
    "Is accurate, names the dose and greets the reader warmly.",
    "Explains the cause and states when to return.",
    "Names the ward, the doctor and the date.",
)


class Planted(NamedTuple):
    """The pairs, the fault of each bad criterion, and the rubric in words."""

    pairs: refinement.Labelled
    faults: dict[str, refinement.Fault]
    rubric: rubric.Rubric

    @property
    def found(self) -> list[refinement.Finding]:
        """What the gate finds."""
        return refinement.findings(refinement.measure(self.pairs), compound=refinement.compound(self.rubric))


def planted(pairs: int = 1_000, good: int = GOOD, seed: int = 0) -> Planted:
    """Binary verdicts: good criteria are met by better answers more often, each in its own way."""
    chance = np.random.default_rng(seed)
    easy = chance.uniform(0.25, 0.6, good)
    lift = chance.uniform(0.15, 0.35, good)
    answers = np.empty((2, pairs, good + len(BAD)))
    lengths = chance.integers(40, 400, (2, pairs)).astype(np.float64)
    for side, sign in ((0, 1), (1, -1)):
        met = chance.random((pairs, good)) < easy + sign * lift / 2
        inverted = chance.random(pairs) < 0.4 - sign * 0.15
        twin = np.where(chance.random(pairs) < 0.01, ~met[:, 0], met[:, 0])
        compound = chance.random(pairs) < 0.4 + sign * 0.12
        long = lengths[side] > 200
        bad = [inverted, twin, np.ones(pairs), np.zeros(pairs), long, compound]
        answers[side] = np.column_stack([met, *bad])
    names = tuple(f"good-{n}" for n in range(good)) + tuple(BAD)
    weights = np.full(len(names), 1 / len(names))
    scores = np.column_stack([answers[0] @ weights, answers[1] @ weights])
    labelled = refinement.Labelled(
        names, answers[0], answers[1], np.arange(pairs, dtype=np.int64), lengths.T, weights, scores
    )
    words = {"compound": COMPOUND_WORDS[seed % len(COMPOUND_WORDS)]}
    said = [
        {"id": name, "text": words.get(name, f"Names the {GOOD_WORDS[n % len(GOOD_WORDS)]} of item {n}.")}
        for n, name in enumerate(names)
    ]
    return Planted(labelled, dict(BAD), rubric.parse({"title": "Planted", "criteria": said}))
