"""The pinned cases of a rubric, what a version makes of them, and the gate that they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.accounts.permissions import Actor
from apps.datasets.models import Subject
from apps.judging import queries as judging
from apps.judging.models import JudgeVersion
from apps.refinement.models import RegressionCase
from apps.rubrics import queries as rubrics
from apps.rubrics.gates import GateState
from apps.rubrics.models import Rubric, RubricVersion
from domain import errors, rubric, verdicts
from domain.refinement.regression import Expect, Found, Outcome, outcome

_RELATED = ("subject__prompt__dataset", "other__prompt", "created_by", "withdrawn_by", "rubric")
GONE = "The criterion is not in this version: withdraw the case, or pin it to another one."


@dataclass(frozen=True)
class CaseResult:
    """A case and what a version makes of it; `criterion` are the words of the criterion, where it has one."""

    case: RegressionCase
    found: Found
    criterion: str = ""

    @property
    def outcome(self) -> Outcome:
        """Whether it passed."""
        return self.found.outcome


@dataclass(frozen=True)
class Suite:
    """All cases that stand, with their results by the verdicts of one judge."""

    judge: JudgeVersion | None
    results: tuple[CaseResult, ...]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many passed, failed and are not known."""
        return Counter(one.outcome for one in self.results)

    @property
    def unjudged(self) -> list[Subject]:
        """Answers of cases that are not known, each once."""
        rows = [one.case for one in self.results if one.outcome is Outcome.UNKNOWN and one.found.sentence != GONE]
        found = {each.pk: each for case in rows for each in (case.subject, case.other) if each is not None}
        return list(found.values())


def cases_of(of: Rubric) -> list[RegressionCase]:
    """Those that stand, in the order in which they were pinned."""
    return _listed(of, withdrawn=False)


def withdrawn_cases(of: Rubric) -> list[RegressionCase]:
    """Those that were withdrawn, with who did it and why."""
    return _listed(of, withdrawn=True)


def get_case(actor: Actor, key: int) -> RegressionCase:
    """A case of the workspace."""
    found = RegressionCase.objects.select_related(*_RELATED).filter(workspace=actor.workspace, pk=key).first()
    if found is None:
        raise errors.NotFound("There is no such case here.", code="case_unknown")
    return found


def suite_of(version: RubricVersion, judge: JudgeVersion | None = None) -> Suite:
    """What a version makes of all cases by stored verdicts of a judge: the one given, else the one that judged last."""
    cases = cases_of(version.rubric)
    by = judge or judging.judge_of(version)
    said = {one.id: one for one in rubrics.domain_rubric(version).criteria}
    if by is None:
        unknown = Found(Outcome.UNKNOWN, "There is no judge.")
        return Suite(None, tuple(CaseResult(one, unknown, _words(one, said)) for one in cases))
    answers = {each.pk: each for case in cases for each in (case.subject, case.other) if each is not None}
    known = judging.standings(version, by, list(answers.values()))
    return Suite(by, tuple(CaseResult(one, _found(one, said, known), _words(one, said)) for one in cases))


def passes_its_cases(version: RubricVersion) -> GateState | None:
    """The gate that all pinned cases pass; only rubrics with cases have it."""
    if not version.rubric.cases.filter(withdrawn_at=None).exists():
        return None
    suite = suite_of(version)
    counts, total = suite.counts, len(suite.results)
    url = reverse("refinement:cases", args=[version.rubric.workspace.slug, version.rubric.slug, version.number])
    figures = {"cases": total, **{str(one): counts[one] for one in Outcome}}
    by = f" by the verdicts of {suite.judge}" if suite.judge else ""
    if counts[Outcome.PASSED] == total:
        return GateState("cases", True, f"All {total} pinned cases pass{by}.", url, "Open the cases", figures=figures)
    parts = [f"{counts[Outcome.FAILED]} fail"] if counts[Outcome.FAILED] else []
    parts += [f"{counts[Outcome.UNKNOWN]} are not known"] if counts[Outcome.UNKNOWN] else []
    said = f"Of {total} pinned cases {' and '.join(parts)}{by}."
    return GateState("cases", False, said, url, "Open the cases", figures=figures)


def _listed(of: Rubric, *, withdrawn: bool) -> list[RegressionCase]:
    rows = RegressionCase.objects.filter(rubric=of, withdrawn_at__isnull=not withdrawn).select_related(*_RELATED)
    return list(rows.prefetch_related("subject__members__response", "other__members__response").order_by("pk"))


def _words(case: RegressionCase, said: dict[str, rubric.Criterion]) -> str:
    return said[case.criterion].text if case.criterion in said else case.criterion


def _found(case: RegressionCase, said: dict[str, rubric.Criterion], known: dict[int, judging.Standing]) -> Found:
    expect, own = Expect(case.expect), known[case.subject_id]
    if expect.of_criterion:
        if case.criterion not in said:
            return Found(Outcome.UNKNOWN, GONE)
        verdict = own.verdicts.get(case.criterion)
        if verdict is not None and verdict.status is verdicts.Status.NOT_APPLICABLE:
            return Found(Outcome.FAILED, "The judge finds that the criterion does not apply.")
        return outcome(expect, verdict.value if verdict else None, why=verdict.reason if verdict else "")
    other = known[case.other_id] if case.other_id else None
    return outcome(
        expect, _score(own), other=_score(other) if other else None, bound=case.bound, why=_why([own, other])
    )


def _score(one: judging.Standing) -> float | None:
    return one.score.display if one.score else None


def _why(both: Sequence[judging.Standing | None]) -> str:
    """Why there is no score: what is missing, or the status that denies it."""
    for one in both:
        if one is not None and one.missing:
            return f"{len(one.missing)} of its criteria have not been judged."
        if one is not None and one.score is not None and one.score.display is None:
            return f"There is no score: {one.score.status.replace('_', ' ')}."
    return ""
