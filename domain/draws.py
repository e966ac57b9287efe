"""By which rule decisions are drawn for people: the rules there are, what each may be told, and its checked form."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain import errors

MOST_ITEMS = 200_000
MOST_NAMED = 10_000
SIZE = 50
OUTLYING = 3.5
NEAR = 0.25


class Source(enum.StrEnum):
    """Where the decisions come from."""

    RUN = "run"
    DATASET = "dataset"
    VERSION = "version"
    PROPOSAL = "proposal"


@dataclasses.dataclass(frozen=True)
class About:
    """What a rule is called on screen, when to take it, and from which sources it draws."""

    name: str
    title: str
    note: str
    sources: tuple[Source, ...] = (Source.RUN,)


ALL = tuple(Source)
ANSWERS = (Source.RUN, Source.DATASET)
RULES = {
    each.name: each
    for each in (
        About("random", "by chance", "The fairest picture: what people and judge say of a typical answer.", ALL),
        About(
            "stratified",
            "evenly from groups",
            "As many from a rare group as from a common one: a criterion, a model, a rubric or a band of scores.",
            ANSWERS,
        ),
        About("uncertain", "where the judge was unsure", "Finds criteria that can be read in two ways."),
        About("disagree", "where judges disagree", "The widest gaps between judges first; needs two judges."),
        About("order_flip", "where the order decided", "Pairs whose winner changed when they were shown in turn."),
        About("evidence_invalid", "where the evidence is wrong", "The judge quoted what the answer does not say."),
        About("near_gate", "near a gate", "Answers that a veto nearly hit or nearly missed; the nearest first."),
        About("outlier", "outstandingly high rewards", "Where a model may have learned to please the judge."),
        About("low_score", "with the lowest scores", "Answers that would be punished; were they that bad?"),
        About("unscored", "without a verdict", "What the judge could not read or refused."),
        About("never_reviewed", "that nobody has reviewed", "By chance from what no person has decided yet.", ALL),
        About(
            "picked", "that I name", "Answers by their ids, such as those behind an alarm of a training run.", ANSWERS
        ),
    )
}


class By(enum.StrEnum):
    """What the groups of a stratified draw are."""

    CRITERION = "criterion"
    MODEL = "model"
    RUBRIC = "rubric"
    SCORE_BAND = "score_band"


class Measure(enum.StrEnum):
    """How unsure a judge was.

    `margin`: how far the likeliest label is ahead of the next, the smallest first. `variance`: of the values over
    samples and judges, the widest first. `bimodality`: mass at both ends with little between (Sarle's coefficient
    above 5/9; a flat one barely counts), the widest first. `label_mass`: the least probability on the labels on offer
    first.
    """

    MARGIN = "margin"
    VARIANCE = "variance"
    BIMODALITY = "bimodality"
    LABEL_MASS = "label_mass"


@dataclasses.dataclass(frozen=True)
class Rule:
    """A checked rule. `subjects` are keys of subjects, `responses` ids of prompt and response, both for `picked`."""

    kind: str = "random"
    size: int = SIZE
    by: By = By.CRITERION
    proportional: bool = False
    measure: Measure = Measure.MARGIN
    criteria: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    subjects: tuple[int, ...] = ()
    responses: tuple[tuple[str, str], ...] = ()
    threshold: float | None = None
    exclude_queued: bool = False

    @property
    def limit(self) -> float:
        """The threshold, or the rule's own: a modified z-score of an outlier, the distance from a gate."""
        return self.threshold if self.threshold is not None else OUTLYING if self.kind == "outlier" else NEAR

    def stored(self) -> dict[str, Any]:
        """As JSON, without what is left at its default."""
        fields = dataclasses.asdict(self)
        plain = {name: value for name, value in fields.items() if value != getattr(_DEFAULT, name)}
        return {"kind": self.kind, "size": self.size, **plain}


_DEFAULT = Rule()
_NAMES = frozenset(field.name for field in dataclasses.fields(Rule))


def rule(said: Mapping[str, Any], source: Source = Source.RUN) -> Rule:
    """The checked form of a rule; Invalid names every fault by its place."""
    faults = [errors.Problem(f"/rule/{name}", sentence) for name, sentence in _faults(said, source)]
    if faults:
        raise errors.Invalid(faults[0].message, code="rule_invalid", problems=faults)
    threshold = said.get("threshold")
    return Rule(
        kind=said.get("kind", "random"),
        size=said.get("size", SIZE),
        by=By(said.get("by") or By.CRITERION),
        proportional=said.get("proportional", False),
        measure=Measure(said.get("measure") or Measure.MARGIN),
        criteria=tuple(said.get("criteria") or ()),
        models=tuple(said.get("models") or ()),
        tags=tuple(said.get("tags") or ()),
        subjects=tuple(said.get("subjects") or ()),
        responses=tuple((prompt, response) for prompt, response in said.get("responses") or ()),
        threshold=None if threshold is None else float(threshold),
        exclude_queued=said.get("exclude_queued", False),
    )


def _faults(said: Mapping[str, Any], source: Source) -> Iterator[tuple[str, str]]:
    for name in sorted(set(said) - _NAMES):
        yield str(name), f"A rule has no “{name}”; it may have {', '.join(sorted(_NAMES))}."
    yield from _faults_of_kind(said.get("kind", "random"), source)
    size, threshold = said.get("size", SIZE), said.get("threshold")
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MOST_ITEMS:
        yield "size", f"A queue has 1 to {MOST_ITEMS:,} items."
    if threshold is not None and not _is_positive(threshold):
        yield "threshold", "The threshold is a number above zero."
    for name in ("proportional", "exclude_queued"):
        if not isinstance(said.get(name, False), bool):
            yield name, "This is true or false."
    for name, choices in (("by", By), ("measure", Measure)):
        if (said.get(name) or "") not in ("", *choices):
            yield name, f"This is one of {', '.join(choices)}."
    for name in ("criteria", "models", "tags"):
        if not _is_list(said.get(name) or [], str):
            yield name, "This is a list of texts."
    yield from _faults_of_names(said)


def _faults_of_kind(kind: Any, source: Source) -> Iterator[tuple[str, str]]:
    if not isinstance(kind, str) or kind not in RULES:
        yield "kind", f"There is no rule “{kind}”; there are {', '.join(RULES)}."
    elif source not in RULES[kind].sources:
        named = ", ".join(name for name, about in RULES.items() if source in about.sources)
        yield "kind", f"“{kind}” needs the verdicts of a run; from this source you can draw by {named}."


def _faults_of_names(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    subjects, responses = said.get("subjects") or [], said.get("responses") or []
    if not _is_list(subjects, int):
        yield "subjects", f"This is a list of at most {MOST_NAMED:,} keys of subjects."
    if not _is_list(responses, list | tuple) or not all(len(each) == 2 and _is_list(each, str) for each in responses):
        yield "responses", f"This is a list of at most {MOST_NAMED:,} pairs: the id of a prompt and of a response."
    elif said.get("kind") == "picked" and not subjects and not responses:
        yield "responses", "Name the answers, as subjects or as responses."


def _is_list(given: Any, sort: Any) -> bool:
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) > MOST_NAMED:
        return False
    return all(isinstance(each, sort) and not isinstance(each, bool) and _fits(each) for each in given)


def _fits(each: Any) -> bool:
    """Whether the database can hold it."""
    if isinstance(each, str):
        return "\x00" not in each
    return not isinstance(each, int) or -(2**63) <= each < 2**63


def _is_positive(given: Any) -> bool:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return is_number and math.isfinite(given) and given > 0
