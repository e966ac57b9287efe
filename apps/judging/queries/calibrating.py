"""How well a judge's probabilities fit what is known, criterion by criterion, and what a curve would make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.judging.models import JudgeVersion
from apps.judging.queries import keys, known
from apps.rubrics.models import RubricVersion
from domain import calibration, rubric, verdicts


@dataclass(frozen=True)
class CriterionFit:
    """One criterion: its known values beside what the judge said, as they are and cross-fitted.

    `lacking` says why there can be no curve yet; then `after` is None. Without any known value `before` is None too.
    """

    number: int
    criterion: rubric.Criterion
    known: tuple[calibration.Known, ...]
    settled: int
    unscored: int
    before: calibration.Fit | None
    after: calibration.Fit | None
    crossed: tuple[float, ...]
    lacking: str


@dataclass(frozen=True)
class CalibrationReport:
    """All judged criteria of a version; `before` and `after` pool those that can be calibrated."""

    judge: JudgeVersion
    version: RubricVersion
    method: calibration.Method
    criteria: tuple[CriterionFit, ...]
    before: calibration.Fit | None
    after: calibration.Fit | None

    @property
    def ready(self) -> tuple[CriterionFit, ...]:
        """The criteria with enough known values."""
        return tuple(one for one in self.criteria if not one.lacking)


def report(judge: JudgeVersion, version: RubricVersion, method: calibration.Method) -> CalibrationReport:
    """Everything that is known on a version's criteria, against a judge."""
    truths = known.known_values(version)
    said = known.said_by(version, judge, truths)
    rubric_ = keys.Reader().rubric(version)
    fits = tuple(
        _fit(number, criterion, truths, said, method)
        for number, criterion in enumerate(rubric_.criteria, start=1)
        if criterion.kind is not rubric.Kind.CHECK
    )
    ready = [one for one in fits if one.after is not None]
    truth = [each.truth for one in ready for each in one.known]
    before = after = None
    if ready:
        before = calibration.measure([each.said for one in ready for each in one.known], truth)
        after = calibration.measure([value for one in ready for value in one.crossed], truth)
    return CalibrationReport(judge, version, method, fits, before, after)


def _fit(
    number: int, criterion: rubric.Criterion, truths: Mapping[known.Place, known.Truth],
    said: Mapping[known.Place, verdicts.Verdict], method: calibration.Method,
) -> CriterionFit:  # fmt: skip
    places = sorted(place for place in said if place[1] == criterion.id)
    rows = [(truths[place], said[place]) for place in places]
    paired = tuple(
        calibration.Known(
            verdict.value if verdict.probability is None else verdict.probability, truth.value, truth.prompt
        )
        for truth, verdict in rows
        if verdict.value is not None
    )
    settled = sum(truth.settled for truth, verdict in rows if verdict.value is not None)
    lacking = calibration.lacking(paired, method)
    crossed: tuple[float, ...] = ()
    if not lacking:
        try:
            crossed = tuple(calibration.cross_fitted(paired, method))
        except calibration.TooFew as scarce:
            lacking = scarce.message
    return CriterionFit(
        number=number,
        criterion=criterion,
        known=paired,
        settled=settled,
        unscored=len(rows) - len(paired),
        before=_measured([one.said for one in paired], paired),
        after=_measured(crossed, paired) if crossed else None,
        crossed=crossed,
        lacking=lacking,
    )


def _measured(said: Sequence[float], paired: Sequence[calibration.Known]) -> calibration.Fit | None:
    return calibration.measure(list(said), [one.truth for one in paired]) if paired else None
