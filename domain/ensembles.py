"""Several judges as one: scores made comparable within a prompt, then combined; an ensemble need not win.

Scores of a judge are centred within each prompt and divided by their spread over the whole sample, so that a judge that
is stricter, or counts to a hundred, has no more to say than another. An answer that one of the judges could not score
has no combined score.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Table = Mapping[int, Mapping[int, float | None]]
"""The scores of one judge: by prompt, then by answer; None where it gave none."""


class Rule(enum.StrEnum):
    """How several scores become one."""

    MEAN = "mean"
    WEIGHTED = "weighted"
    MIN = "min"
    CAUTIOUS = "cautious"


class Ensemble(NamedTuple):
    """A rule over judges, by their names, with the weight of each (they sum to 1) where the rule weighs."""

    rule: Rule
    weights: Mapping[str, float]
    table: Table


CAUTION = 1.0
"""How many standard deviations between the judges `cautious` takes off their mean."""


def standardised(table: Table) -> dict[int, dict[int, float | None]]:
    """Scores centred within each prompt and divided by their root mean square over all; all 0 where nothing varies."""
    centred = {prompt: _centred(scores) for prompt, scores in table.items()}
    known = [value for scores in centred.values() for value in scores.values() if value is not None]
    spread = math.sqrt(math.fsum(value * value for value in known) / len(known)) if known else 0.0
    if spread < 1e-12:
        spread = 1.0
    return {
        prompt: {answer: None if value is None else value / spread for answer, value in scores.items()}
        for prompt, scores in centred.items()
    }


def weights(accuracies: Mapping[str, float]) -> dict[str, float]:
    """The share of each judge by its accuracy; all alike where none was ever right."""
    total = math.fsum(accuracies.values())
    if total <= 0:
        return dict.fromkeys(accuracies, 1 / len(accuracies))
    return {name: accuracy / total for name, accuracy in accuracies.items()}


def combine(tables: Mapping[str, Table], rule: Rule, weight: Mapping[str, float], *, caution: float = CAUTION) -> Table:
    """One table of standardised ones; `weight` counts for `weighted`, `caution` for `cautious`."""
    names = list(tables)
    shared = set.intersection(*(set(table) for table in tables.values())) if tables else set()
    return {
        prompt: {
            answer: _one(
                [tables[name][prompt].get(answer) for name in names], rule, [weight[n] for n in names], caution
            )
            for answer in {answer for name in names for answer in tables[name][prompt]}
        }
        for prompt in sorted(shared)
    }


def _centred(scores: Mapping[int, float | None]) -> dict[int, float | None]:
    known = [score for score in scores.values() if score is not None]
    middle = math.fsum(known) / len(known) if known else 0.0
    return {answer: None if score is None else score - middle for answer, score in scores.items()}


def _one(scores: Sequence[float | None], rule: Rule, weight: Sequence[float], caution: float) -> float | None:
    known = [score for score in scores if score is not None]
    if len(known) < len(scores):
        return None
    if rule is Rule.MIN:
        return min(known)
    if rule is Rule.WEIGHTED:
        return math.fsum(w * score for w, score in zip(weight, known, strict=True))
    mean = math.fsum(known) / len(known)
    if rule is Rule.MEAN:
        return mean
    return mean - caution * math.sqrt(math.fsum((score - mean) ** 2 for score in known) / len(known))
