"""Several judges as one: scores made comparable within a prompt, then combined; an ensemble need not win.

Scores of a judge are centred within each prompt and divided by their spread over the whole sample, so that a judge that
is stricter, or counts to a hundred, has no more to say than another (BaseReward, arXiv 2509.16127; the choice of centre
and spread is ours). What becomes of an answer that one of the judges could not score is chosen, never silent.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from domain import errors

Floats = npt.NDArray[np.float64]
Table = Mapping[int, Mapping[int, float | None]]
"""The scores of one judge: by prompt, then by answer; None where it gave none."""


class Rule(enum.StrEnum):
    """How several scores become one."""

    MEAN = "mean"
    WEIGHTED = "weighted"
    MIN = "min"
    CAUTIOUS = "cautious"


class Lacking(enum.StrEnum):
    """What becomes of an answer for which some judge has no score."""

    UNSCORED = "unscored"
    OTHERS = "others"


CAUTION = 1.0
"""How many standard deviations between the judges `cautious` takes off their mean."""
MOST_CAUTION = 100.0
MOST_WEIGHT = 1_000_000.0
LEAST_SPREAD = 1e-12
"""Below it the scores of a judge count as equal."""


class EnsembleInvalid(errors.Invalid):
    """An ensemble was described that cannot be."""

    default_code = "ensemble_invalid"


@dataclass(frozen=True)
class Way:
    """How the scores of judges become one; `weights` by judge, all alike where none are given, count for `weighted`."""

    rule: Rule = Rule.MEAN
    lacking: Lacking = Lacking.UNSCORED
    caution: float = CAUTION
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.caution <= MOST_CAUTION:
            raise _invalid("/caution", f"k is a number from 0 to {MOST_CAUTION:g}; below 0 disagreement would pay.")
        for name, weight in self.weights.items():
            if not 0 <= weight <= MOST_WEIGHT:
                raise _invalid(f"/weights/{name}", f"The weight of {name} is a number from 0 to {MOST_WEIGHT:,.0f}.")
        if self.weights and not any(self.weights.values()):
            raise _invalid("/weights", "One of the judges has to have a weight above 0.")

    def weight(self, judge: str) -> float:
        """What a judge weighs under the rule."""
        return float(self.weights.get(judge, 0.0)) if self.weights and self.rule is Rule.WEIGHTED else 1.0


class Part(NamedTuple):
    """What one judge says of an answer: its score, what its scores are held against, its weight.

    No `score`: it has none. No `centre`: it scored no other answer to the prompt. `spread` 0: its scores never differ.
    """

    judge: str
    score: float | None
    centre: float | None
    spread: float
    weight: float

    @property
    def silent(self) -> bool:
        """Whether its scores never differ within a prompt, so that it tells no answers apart."""
        return self.spread <= 0

    @property
    def standardised(self) -> float | None:
        """The score as so many spreads from the centre."""
        if self.score is None or self.centre is None or self.silent:
            return None
        return (self.score - self.centre) / self.spread


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


def spread(scores: Floats, centres: Floats) -> float:
    """The root mean square of scores less their centres, without those that lack either; 0 where they never differ."""
    apart = (scores - centres)[~np.isnan(scores - centres)].tolist()
    found = math.sqrt(math.fsum(one * one for one in apart) / len(apart)) if apart else 0.0
    return found if found >= LEAST_SPREAD else 0.0


def centres(scores: Floats, groups: Sequence[int]) -> Floats:
    """The mean score in the group of each answer; NaN where fewer than two answers of the group have a score."""
    found = np.full(len(scores), np.nan)
    rows: dict[int, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    for members in rows.values():
        known = [score for score in scores[members].tolist() if not math.isnan(score)]
        if len(known) > 1:
            found[members] = math.fsum(known) / len(known)
    return found


def together(parts: Sequence[Part], way: Way) -> float | None:
    """One number of what judges say of an answer, in spreads from the centre; None where they say none.

    Judges whose scores never differ are left out. Another one without a score, or without a second answer to hold it
    against, leaves the answer unscored or to the others, as `way` says.
    """
    heard = [part for part in parts if not part.silent]
    there = [(value, part.weight) for part in heard if (value := part.standardised) is not None]
    if not there or (len(there) < len(heard) and way.lacking is Lacking.UNSCORED):
        return None
    total = math.fsum(weight for _, weight in there)
    if total <= 0:
        return None
    return _combined([value for value, _ in there], way.rule, [weight / total for _, weight in there], way.caution)


def displayed(raw: float, parts: Sequence[Part]) -> float:
    """The number on the judges' own scale: the mean of their centres and so many of their mean spreads, from 0 to 1."""
    there = [part for part in parts if part.standardised is not None]
    level = math.fsum(part.centre or 0.0 for part in there) / len(there)
    scale = math.fsum(part.spread for part in there) / len(there)
    return min(1.0, max(0.0, level + raw * scale))


def step(parts: Sequence[Part], way: Way) -> dict[str, Any]:
    """What a trace keeps of it."""
    given = {"rule": way.rule.value, "lacking": way.lacking.value, "caution": way.caution}
    return {
        "step": "ensemble", "in": {**given, "judges": [part._asdict() for part in parts]}, "out": together(parts, way),
    }  # fmt: skip


def again(given: Mapping[str, Any]) -> float | None:
    """The number that a step of a trace gives again."""
    parts = [Part(**one) for one in given["judges"]]
    way = Way(Rule(given["rule"]), Lacking(given["lacking"]), given["caution"])
    return together(parts, way)


def _invalid(pointer: str, said: str) -> EnsembleInvalid:
    return EnsembleInvalid(said, problems=[errors.Problem(pointer, said)])


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
    return _combined(known, rule, weight, caution) if len(known) == len(scores) else None


def _combined(scores: Sequence[float], rule: Rule, weight: Sequence[float], caution: float) -> float:
    """The rule on standardised scores; the deviation between judges is that of the population."""
    if rule is Rule.MIN:
        return min(scores)
    if rule is Rule.WEIGHTED:
        return math.fsum(w * score for w, score in zip(weight, scores, strict=True))
    mean = math.fsum(scores) / len(scores)
    if rule is Rule.MEAN:
        return mean
    return mean - caution * math.sqrt(math.fsum((score - mean) ** 2 for score in scores) / len(scores))
