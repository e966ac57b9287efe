"""Benchmarks of pairs: which of two answers is better, by scores of each or by judges who compare them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from domain.audits.shapes import Figure, Floats, Inputs, Pairs
from domain.audits.taking import TooFew
from domain.benchmarks.shapes import Bools, Marked, Outcome, Scheme
from domain.benchmarks.totals import domains_of, mean_figure, micro, outcome

HALF = 0.5


class Orders(enum.Enum):
    """What two orders of one pair make: their mean (LLMBar), or more right than wrong ones (JudgeBench)."""

    MEAN = "mean"
    MAJORITY = "majority"


class Said(NamedTuple):
    """How far the better answer was preferred, in front and behind: 1, ½ a tie, 0, NaN unread or not asked."""

    first: Floats
    second: Floats
    once: bool
    compares: bool

    @property
    def sole(self) -> Floats:
        """What was said in the order that was asked, where a pair is asked once."""
        found: Floats = np.where(np.isnan(self.first), self.second, self.first)
        return found


def known_pairs(inputs: Inputs) -> Pairs:
    """The pairs of which the better answer is known. Raises Invalid where there are none."""
    if inputs.pairs is None or not len(inputs.pairs):
        raise TooFew("Nobody said which of two answers is better in this data set.")
    return inputs.pairs


def said_of(inputs: Inputs, name: str) -> Said:
    """What a scorer said of each pair; scores of single answers say it by their difference."""
    pairs = known_pairs(inputs)
    judged = next((one for one in pairs.judged if one.name == name), None)
    if judged is not None:
        return Said(_three(judged.first), _three(judged.second), judged.once, compares=True)
    if name not in pairs.margins or np.isnan(pairs.margins[name]).all():
        raise TooFew(f"{name} scored no pair of these.")
    gap = pairs.margins[name]
    said = np.where(np.isnan(gap), np.nan, np.sign(gap) / 2 + HALF)
    return Said(said, np.full(len(gap), np.nan), once=True, compares=False)


def credits_of(said: Said, orders: Orders, *, tie: float) -> Floats:
    """What each pair is worth, in [0, 1]: what was not read is worth nothing, a tie `tie`."""
    if said.once:
        return worth(said.sole, tie)
    if orders is Orders.MEAN:
        found: Floats = (worth(said.first, tie) + worth(said.second, tie)) / 2
        return found
    votes = _vote(said.first) + _vote(said.second)
    counted: Floats = (votes > 0).astype(np.float64)
    return counted


def worth(said: Floats, tie: float) -> Floats:
    """1 for the better answer, `tie` for a tie, 0 for the worse one and for what was not read."""
    found: Floats = np.where(np.isnan(said), 0.0, np.where(said == HALF, tie, said))
    return found


def unread(said: Said) -> Bools:
    """The pairs of which an order that was asked could not be read."""
    found: Bools = np.isnan(said.sole) if said.once else np.isnan(said.first) | np.isnan(said.second)
    return found


def tied(said: Said) -> Bools:
    """The pairs of which an order was a tie."""
    found: Bools = (said.first == HALF) | (said.second == HALF)
    return found


def marked_pairs(inputs: Inputs, said: Said, axis: str, orders: Orders, *, tie: float) -> Marked:
    """The pairs as items, by the domain that a tag names."""
    pairs = known_pairs(inputs)
    domains = domains_of(pairs.tags, axis, len(pairs))
    if axis == "strength" and pairs.strength is not None:
        domains = ["not stated" if np.isnan(one) else f"strength {one:g}" for one in pairs.strength.tolist()]
    return Marked(
        ids=pairs.ids, prompts=pairs.prompts, domains=domains,
        credit=credits_of(said, orders, tie=tie), chance=np.full(len(pairs), HALF), tied=tied(said),
        unscored=unread(said),
    )  # fmt: skip


def runner(
    axis: str = "subset", *, scheme: Scheme = micro, orders: Orders = Orders.MEAN, tie: float = 0.0,
    compared_tie: float | None = None,
) -> Callable[[Inputs, str, np.random.Generator], Outcome]:  # fmt: skip
    """A benchmark of pairs: the tag that names domains, how domains and orders join, and what a tie is worth.

    `compared_tie` is what a tie is worth to judges who compare, where that is another one.
    """

    def run(inputs: Inputs, name: str, rng: np.random.Generator) -> Outcome:
        said = said_of(inputs, name)
        value = compared_tie if said.compares and compared_tie is not None else tie
        marked = marked_pairs(inputs, said, axis, orders, tie=value)
        return outcome(marked, scheme, rng, figures=figures_of(inputs, said, rng), title="Accuracy")

    return run


def figures_of(inputs: Inputs, said: Said, rng: np.random.Generator) -> list[Figure]:
    """Accuracy under three policies on ties, and of both orders where they were asked."""
    pairs = known_pairs(inputs)
    titles = (
        ("strict", "A tie is a loss", 0.0),
        ("split", "A tie is half a win", HALF),
        ("lenient", "A tie is a win", 1.0),
    )
    found = [
        mean_figure(name, title, credits_of(said, Orders.MEAN, tie=tie), pairs.prompts, rng)
        for name, title, tie in titles
    ]
    if said.once:
        return found
    both = np.minimum(worth(said.first, 0.0), worth(said.second, 0.0))
    # Both are about the better answer: steady is naming the same winner whether it stands in front or behind.
    steady = (said.first == said.second).astype(np.float64)
    given, swapped = given_order(pairs, said)
    more = (
        ("majority", "More orders right than wrong", credits_of(said, Orders.MAJORITY, tie=0.0)),
        ("both", "Right in both orders", both),
        ("steady", "The same in both orders", steady),
        ("given", "Right in the order given", worth(given, 0.0)),
        ("swapped", "Right with the answers swapped", worth(swapped, 0.0)),
        ("front", "Right where the better one stands first", worth(said.first, 0.0)),
        ("behind", "Right where it stands second", worth(said.second, 0.0)),
    )
    found += [mean_figure(name, title, values, pairs.prompts, rng) for name, title, values in more]
    return [*found, _kappa(pairs, given)]


def given_order(pairs: Pairs, said: Said) -> tuple[Floats, Floats]:
    """What was said in the order of the ids, and with the answers swapped."""
    first = np.array([one < two for one, two in zip(pairs.better, pairs.worse, strict=True)])
    return np.where(first, said.first, said.second), np.where(first, said.second, said.first)


def _kappa(pairs: Pairs, given: Floats) -> Figure:
    """Cohen's kappa of the winner in the order given with the label; what was not read, and ties, are left out."""
    from domain import agreement

    first = np.array([one < two for one, two in zip(pairs.better, pairs.worse, strict=True)])
    known = ~np.isnan(given) & (given != HALF)
    label = first[known].astype(np.float64)
    winner = np.where(given[known] == 1, label, 1 - label)
    value = agreement.cohen_kappa(winner.tolist(), label.tolist()) if known.any() else None
    return Figure("kappa", "Cohen's kappa with the label, order given", value, n=int(known.sum()))


def _three(said: Floats) -> Floats:
    """A degree as win, tie or loss."""
    found: Floats = np.where(np.isnan(said), np.nan, np.sign(np.round(said - HALF, 12)) / 2 + HALF)
    return found


def _vote(said: Floats) -> Floats:
    found: Floats = np.where(np.isnan(said), 0.0, np.sign(said - HALF))
    return found
