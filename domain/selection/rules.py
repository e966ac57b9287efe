"""The kinds of export there are, what each may be told, and its checked form."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors


class Sort(enum.StrEnum):
    """What a setting holds."""

    NUMBER = "number"
    WHOLE = "whole"
    YES = "yes"
    CHOICE = "choice"
    VERSION = "version"
    RUN = "run"


@dataclasses.dataclass(frozen=True)
class Setting:
    """One thing a kind may be told; without a default it may be left empty."""

    name: str
    title: str
    default: Any
    note: str = ""
    sort: Sort = Sort.NUMBER
    low: float | None = None
    high: float | None = None
    choices: tuple[tuple[str, str], ...] = ()

    def fault(self, value: Any) -> str:
        """What is wrong with a value, in a sentence; nothing where it will do."""
        if value is None:
            return "" if self.default is None else "This needs a value."
        if self.sort is Sort.YES:
            return "" if isinstance(value, bool) else "This is true or false."
        if self.sort is Sort.CHOICE:
            names = [name for name, _ in self.choices]
            return "" if value in names else f"This is one of {', '.join(names)}."
        if self.sort in {Sort.VERSION, Sort.RUN}:
            return "" if isinstance(value, str) and len(value) <= 200 and "\x00" not in value else "This is a text."
        return self._out_of_bounds(value)

    def _out_of_bounds(self, value: Any) -> str:
        kinds = int if self.sort is Sort.WHOLE else int | float
        if isinstance(value, bool) or not isinstance(value, kinds) or not math.isfinite(value):
            return "This is a whole number." if self.sort is Sort.WHOLE else "This is a number."
        if self.low is not None and value < self.low:
            return f"This is at least {self.low:g}."
        return f"This is at most {self.high:g}." if self.high is not None and value > self.high else ""


@dataclasses.dataclass(frozen=True)
class About:
    """What a kind of export is called, what a row of it is and when to take it."""

    name: str
    title: str
    row: str
    note: str
    settings: tuple[Setting, ...]
    changes_texts: bool = False

    def defaults(self) -> dict[str, Any]:
        """All settings at their defaults."""
        return {one.name: one.default for one in self.settings}


_MEASURE = Setting(
    "measure", "Rate of a prompt", "passes", "Its share of answers that pass, or their mean score.", Sort.CHOICE,
    choices=(("passes", "answers that pass"), ("mean", "mean score")),
)  # fmt: skip
_THRESHOLD = Setting(
    "threshold", "An answer passes from", 0.5, "The score that counts as solved.", low=-1000, high=1000
)
_SEED = Setting("seed", "Seed", 1, "The same seed gives the same rows.", Sort.WHOLE, low=0, high=2**31 - 1)


def _share(name: str, title: str, default: float | None, note: str = "") -> Setting:
    return Setting(name, title, default, note, low=0, high=1)


KINDS = {
    about.name: about
    for about in (
        About(
            "bands", "Prompts in a pass-rate band", "prompt",
            "What is sometimes solved teaches most. Criteria that nearly every answer meets go too.",
            (
                _MEASURE, _THRESHOLD, _share("low", "Band from", 0.2), _share("high", "Band to", 0.8),
                _share("criterion_low", "Criteria from", 0.0, "How often a criterion is credited."),
                _share("criterion_high", "Criteria to", 0.9, "Met more often than this, a criterion tells nothing."),
            ),
        ),
        About(
            "curriculum", "Prompts by difficulty", "prompt",
            "Train, pending and discard; what the policy has mastered is swapped for the easiest that waits.",
            (
                _THRESHOLD, _share("pending", "Pending up to", 0.625, "5 of 8 answers or fewer."),
                _share("discard", "Discard from", 1.0, "Always solved."),
                _share("mastered", "Mastered above", 0.9, "By the newer run."),
                Setting("newer", "Newer run", None, "Answers of today's policy to the same prompts.", Sort.RUN),
            ),
        ),
        About(
            "central", "Prompts in the middle of the scores", "prompt",
            "Between two quantiles of the mean score: neither noise nor solved.",
            (_share("low", "From quantile", 0.25), _share("high", "To quantile", 0.75)),
        ),
        About(
            "pairs", "Preference pairs", "pair",
            "For DPO and reward models, with margin, strength, β scale and label smoothing.",
            (
                Setting(
                    "decided_by", "Which is better say", "rubric",
                    "People's pair votes count once they are settled; ties make no pair.", Sort.CHOICE,
                    choices=(("rubric", "scores under the rubric"), ("people", "people's settled votes"),
                             ("both", "both, and people where they voted")),
                ),
                Setting(
                    "which", "Pairs of a prompt", "extremes", "Of scores; of votes all are taken.", Sort.CHOICE,
                    choices=(("extremes", "best and worst"), ("neighbours", "neighbours in score"), ("all", "all")),
                ),
                Setting(
                    "least", "Least margin", 0.1,
                    "Closer answers are ties and make no pair. A vote's margin is its strength as a share of 3.",
                    low=0, high=1000,
                ),
                Setting("w", "w of the β scale", 0.5, "β grows up to 1 + w.", low=0, high=100),
                Setting("k", "k of the β scale", 1.0, "How soon it grows.", low=1e-6, high=1000),
                Setting("smoothing", "Label smoothing", 0.1, "Of weak and of very strong pairs.", low=0, high=0.499),
                _share("weak", "Weak up to quantile", 0.2), _share("strong", "Very strong above", 0.9),
            ),
        ),
        About(
            "posterior", "Posterior weights", "answer",
            "Each answer with its weight among those to its prompt, and how many samples the weights amount to.",
            (
                Setting("beta", "β", None, "Empty: found from the share below.", low=1e-6, high=1e6),
                Setting("share", "Effective share of samples", 0.5, "Where β is left empty.", low=0.01, high=0.99),
            ),
        ),
        About(
            "rankings", "Rankings with ties", "prompt",
            "All answers to a prompt from the best; near scores share a rank.",
            (Setting("tolerance", "Scores tie within", 0.02, "Of the first of their rank.", low=0, high=1000),),
        ),
        About(
            "judge", "Judge-training rows", "decision",
            "What a judge is shown about one criterion, with the value that people settled on.",
            (
                Setting(
                    "wanted", "Rows", "all", "A judge learns little from what it knows.", Sort.CHOICE,
                    choices=(("all", "all settled decisions"), ("wrong", "only where the judge is wrong or silent")),
                ),
            ),
        ),
        About(
            "writer", "Rubric-writer pairs", "pair",
            "For each known preference the rubric that helped the judge most, and the one that misled it most.",
            (Setting("base", "Without a rubric", None, "The version that stands for no rubric.", Sort.VERSION),),
        ),
        About(
            "augmented", "Augmented pairs", "pair",
            "Edits of an answer's matter with their order; edits of manner and foreign prompts as ties.",
            (
                Setting("causal", "Edited answers", True, "Answers that say which answer they change.", Sort.YES),
                Setting("neutral", "Foreign prompts", True, "Two answers under another prompt: a tie.", Sort.YES),
                Setting("spurious", "Edits of manner", True, "Flattery, praise, padding, bullets: a tie.", Sort.YES),
                Setting(
                    "unsure", "Only where the judge's margin is below", None,
                    "Empty: all. Edited answers that the judge tells apart surely are left out.", low=0, high=1000,
                ),
                _SEED,
            ),
            changes_texts=True,
        ),
    )
}  # fmt: skip


def read_rule(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a kind, those not said at their defaults; Invalid names every fault by its place."""
    if kind not in KINDS:
        raise errors.Invalid(
            f"There is no export “{kind}”; there are {', '.join(KINDS)}.",
            code="kind_unknown", problems=[errors.Problem("/kind", f"one of {', '.join(KINDS)}")],
        )  # fmt: skip
    about = KINDS[kind]
    faults = [errors.Problem(f"/rule/{name}", sentence) for name, sentence in _faults(about, said)]
    if faults:
        raise errors.Invalid(faults[0].message, code="rule_invalid", problems=faults)
    return {one.name: said.get(one.name, one.default) for one in about.settings}


def _faults(about: About, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = {one.name for one in about.settings}
    for name in sorted(set(said) - known):
        yield name, f"This export has no “{name}”; it may have {', '.join(sorted(known))}."
    for one in about.settings:
        if one.name in said and (sentence := one.fault(said[one.name])):
            yield one.name, sentence
    values = {**about.defaults(), **said}
    for low, high in (("low", "high"), ("criterion_low", "criterion_high"), ("pending", "discard"), ("weak", "strong")):
        if {low, high} <= known and _are_numbers(values[low], values[high]) and values[low] > values[high]:
            yield high, f"This is not below {values[low]:g}, where it begins."
    if about.name == "curriculum" and values["pending"] == values["discard"]:
        yield "discard", "This is above where pending ends."
    if about.name == "central" and values["low"] == values["high"]:
        yield "high", "This is above the first quantile."
    if about.name == "augmented" and not (values["causal"] or values["neutral"] or values["spurious"]):
        yield "causal", "Choose at least one sort of pair."


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
