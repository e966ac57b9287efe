"""A distribution over grades, read from one digit token: mean, spread, and whether the judge is of two minds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain import grades, prompts, verdicts
from domain.ports import LabelReply, LabelRequest, Part
from domain.rubric import Criterion, Kind, Level
from domain.strategies.protocol import (
    About,
    Ask,
    Cost,
    Findings,
    Judging,
    Load,
    Question,
    SamePrompts,
    Setting,
    one_of,
    positions,
)
from domain.verdicts import DOES_NOT_APPLY, Status, Verdict

PROMPT = "judge_digits"
LEAD = "Answer: "
"""A digit after a space is two tokens of most models, so the judge's turn ends with the space."""
ABSENT = DOES_NOT_APPLY.text.strip()
SURE_COVERAGE = 0.9
_RANGES = ("1-5", "1-7", "1-9", "0-9", "0-10")

GRADES = Setting(
    "grades",
    "1-9",
    one_of(*_RANGES),
    f"The grades are one of {', '.join(_RANGES)}.",
    "Grades",
    tuple((each, f"{each} (needs a model for which 10 is one token)" if "10" in each else each) for each in _RANGES),
)


class _Scale(NamedTuple):
    """Grades from `low` on with the value of each; `lines` say what they mean, empty for a mere range."""

    low: int
    values: tuple[float, ...]
    lines: tuple[Part, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(str(self.low + n) for n in range(len(self.values)))


class OrdinalDigits(SamePrompts):
    """Asks for a grade and reads the probability of every digit; the value is the mean on [0, 1]."""

    about = About(
        name="ordinal_digits",
        title="Distribution of grades",
        does="Reads the probability of every grade from one digit and takes their mean; shows spread, coverage and "
        "whether the judge is of two minds. An ordinal criterion is graded by its own levels.",
        source="OPRM (2026)",
        prompts=(PROMPT,),
        kinds=frozenset({Kind.BINARY, Kind.ANSWER, Kind.NUGGET, Kind.ORDINAL}),
        settings=(GRADES,),
    )

    def cost(self, load: Load) -> Cost:
        """One request and one token a criterion."""
        return Cost(1, load.criteria, load.criteria)

    def judge(self, question: Question) -> Judging:
        """Ask for one digit after every criterion."""
        scales = [_scale(criterion, question.settings) for criterion in question.criteria]
        text = prompts.load(PROMPT)
        request = LabelRequest(
            prompts.fill(text.sections["shared"], question.material.shared()),
            tuple(_suffix(question, *each) for each in zip(question.criteria, scales, strict=True)),
            tuple(_labels(*each) for each in zip(question.criteria, scales, strict=True)),
            (LEAD,) * len(scales),
        )
        batch = yield Ask(request, "labels", PROMPT)
        findings = Findings()
        for place in positions(batch, question.criteria, findings, 0):
            verdict = _read(question, question.criteria[place], scales[place], batch.replies[place])
            findings.take(verdict, (0, place))
        return findings


def _scale(criterion: Criterion, settings: Mapping[str, Any]) -> _Scale:
    if isinstance(criterion.levels, tuple):
        lines = [part for n, level in enumerate(criterion.levels, start=1) for part in _line(n, level)]
        return _Scale(1, tuple(level.value for level in criterion.levels), tuple(lines))
    low, high = map(int, GRADES.of(settings).split("-"))
    return _Scale(low, tuple(n / (high - low) for n in range(high - low + 1)))


def _line(number: int, level: Level) -> tuple[Part, Part]:
    said = ": ".join(text for text in (level.label, level.anchor) if text)
    return Part(f"\n{number} = "), Part(said, trusted=False)


def _suffix(question: Question, criterion: Criterion, scale: _Scale) -> tuple[Part, ...]:
    sections = prompts.load(PROMPT).sections
    named: dict[str, Sequence[Part]] = {"low": [Part(scale.labels[0])], "high": [Part(scale.labels[-1])]}
    asked = prompts.fill(sections["levels" if scale.lines else "range"], {**named, "lines": scale.lines})
    places = prompts.of_criterion(criterion, question.material.number(criterion))
    return prompts.fill(sections["suffix"], {**places, "scale": asked})


def _labels(criterion: Criterion, scale: _Scale) -> tuple[str, ...]:
    return (*scale.labels, ABSENT) if isinstance(criterion.applies_when, str) else scale.labels


def _read(question: Question, criterion: Criterion, scale: _Scale, reply: LabelReply) -> Verdict:
    """The verdict of one reply; `coverage` is what the grades had of the whole distribution."""
    given = [reply.probabilities.get(label, 0.0) for label in _labels(criterion, scale)]
    fault = verdicts.distribution_fault(
        given, reply.label_mass, float(question.settings.get("min_label_mass", verdicts.MIN_LABEL_MASS))
    )
    if fault:
        shown = reply.label_mass if math.isfinite(reply.label_mass) else None
        return verdicts.unscored(criterion.id, Status.UNPARSEABLE, fault, label_mass=shown)
    graded = given[: len(scale.values)]
    total, coverage = math.fsum(given), math.fsum(graded)
    mass = min(1.0, reply.label_mass)
    spread = tuple(zip(_labels(criterion, scale), (p / total for p in given), strict=True))
    if coverage <= 0 or sum(given[len(graded) :]) > max(graded):
        said = "The judge says that the criterion does not apply."
        return Verdict(criterion.id, Status.NOT_APPLICABLE, label_mass=mass, distribution=spread, reason=said)
    shares = [p / coverage for p in graded]
    value = min(1.0, math.fsum(value * share for value, share in zip(scale.values, shares, strict=True)))
    found = grades.measure(shares, scale.low)
    detail = {**found._asdict(), "coverage": min(1.0, coverage), "low_coverage": coverage < SURE_COVERAGE}
    return Verdict(
        criterion.id, Status.OK, value=value, probability=value, label_mass=mass, distribution=spread, detail=detail
    )
