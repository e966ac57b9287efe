"""What a cascade of two judges would cost and be worth on what is known, before it is started."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Func, IntegerField, Sum

from apps.judging.models import Call, JudgeVersion
from apps.judging.queries import keys, known
from apps.rubrics.models import RubricVersion
from domain import cascades, errors, juries, rubric, strategies, verdicts

POOLED = ""
WRITTEN = 5
_SUFFIX, _SHARED, _CRITERIA = 60, 600, 10


@dataclass(frozen=True)
class CriterionCurve:
    """One criterion (or all together, with the id `""`): the known cases, the curve, and the choice for the target.

    `lacking` says why there is no choice for it alone; then the choice of all together serves.
    """

    criterion: str
    number: int
    cases: tuple[cascades.Case, ...]
    points: tuple[cascades.Point, ...]
    choice: cascades.Choice | None
    lacking: str


@dataclass(frozen=True)
class CascadeReport:
    """The curves of a rubric version for a first judge and a better one, or people where there is none."""

    version: RubricVersion
    first: JudgeVersion
    second: JudgeVersion | None
    target: float
    cost_ratio: float
    pooled: CriterionCurve
    criteria: tuple[CriterionCurve, ...]

    def thresholds(self) -> dict[str, float]:
        """The margin below which each criterion is escalated, by the digest of its wording; of those with a choice."""
        digests = keys.criterion_digests(self.version, "isolated")
        found = {}
        for one in self.criteria:
            choice = one.choice or self.pooled.choice
            if choice is not None:
                found[digests[one.criterion]] = choice.point.threshold
        return found


def cascade_report(
    version: RubricVersion, first: JudgeVersion, second: JudgeVersion | None, *, target: float,
    cost_ratio: float | None = None,
) -> CascadeReport:  # fmt: skip
    """The curves on everything that is known of a version's criteria; people are right by definition.

    `cost_ratio`: the cost of a verdict by the second judge over one by the first; measured where it is not given.
    """
    if not 0 < target <= 1:
        raise errors.Invalid("The agreement to reach is a number above 0 and up to 1.", code="target_invalid")
    truths = known.known_values(version)
    said = known.said_by(version, first, truths)
    better = known.said_by(version, second, truths) if second is not None else {}
    ratio = cost_ratio if cost_ratio is not None else measured_ratio(first, second)
    found, every = [], []
    for number, criterion in enumerate(keys.Reader().rubric(version).criteria, start=1):
        if criterion.kind is rubric.Kind.CHECK:
            continue
        places = sorted(place for place in said if place[1] == criterion.id)
        cases = [
            case
            for place in places
            if (case := _case(criterion, truths[place], said[place], better.get(place), second is None)) is not None
        ]
        every += cases
        found.append(_curve(criterion.id, number, cases, target, ratio))
    return CascadeReport(version, first, second, target, ratio, _curve(POOLED, 0, every, target, ratio), tuple(found))


def measured_ratio(first: JudgeVersion, second: JudgeVersion | None) -> float:
    """The work of a verdict by the second judge over one by the first; people are counted as 100 of the first."""
    if second is None:
        return 100.0
    return _work(second) / _work(first)


def _work(judge: JudgeVersion) -> float:
    """Computed prompt tokens and five times the written ones, per question: measured, else as the strategy says."""
    asked = Func(F("rendered_suffixes"), function="jsonb_array_length", output_field=IntegerField())
    sums = Call.objects.filter(judge_version=judge, error="").aggregate(
        read=Sum("prompt_tokens"), cached=Sum("cached_tokens"), written=Sum("completion_tokens"), asked=Sum(asked)
    )
    if sums["asked"]:
        return float(max(1.0, (sums["read"] - sums["cached"] + WRITTEN * sums["written"]) / sums["asked"]))
    if judge.strategy not in strategies.NAMES:
        return float(_SUFFIX + _SHARED / _CRITERIA + WRITTEN)
    cost = strategies.get(judge.strategy).cost(strategies.Load(_CRITERIA, 1, judge.protocol, judge.settings))
    return (_SHARED + cost.questions * _SUFFIX + WRITTEN * cost.written_tokens) / _CRITERIA


def _case(
    criterion: rubric.Criterion, truth: known.Truth, said: verdicts.Verdict, better: verdicts.Verdict | None,
    people: bool,
) -> cascades.Case | None:  # fmt: skip
    """A verdict whose truth is known; without a value it is escalated first, so its margin is none at all."""
    lead = cascades.margin(said) if said.value is not None else -1.0
    if lead is None:
        return None
    right = said.value is not None and juries.agrees(criterion, said.value, truth.value)
    after: bool | None = True if people else None
    if better is not None:
        after = better.value is not None and juries.agrees(criterion, better.value, truth.value)
    return cascades.Case(lead, right, after, truth.prompt)


def _curve(criterion: str, number: int, cases: Sequence[cascades.Case], target: float, ratio: float) -> CriterionCurve:
    points = tuple(cascades.curve(cases, cost_ratio=ratio))
    choice, lacking = None, ""
    try:
        choice = cascades.choose(cases, target=target, cost_ratio=ratio)
    except errors.Invalid as scarce:
        lacking = scarce.message
    return CriterionCurve(criterion, number, tuple(cases), points, choice, lacking)


def plain_choice(choice: cascades.Choice | None) -> Mapping[str, object] | None:
    """A choice as JSON shows it."""
    if choice is None:
        return None
    return {
        **choice.point._asdict(), "held_out": choice.held_out, "cases": choice.cases, "reached": choice.reached,
        "sure": choice.sure,
    }  # fmt: skip
