"""What the judge was asked about the writing of a version, how far it is, and what it thinks."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from apps.jobs.models import OPEN_JOBS, Job
from apps.judging.models import Advice, JudgeVersion, RunItem, Verdict, VerdictStatus
from apps.judging.queries import keys
from apps.judging.queries.runs import reasons
from apps.rubrics import queries as rubric_queries
from apps.rubrics.registry import Opinion
from domain import lint, rubric

if TYPE_CHECKING:
    from apps.rubrics.models import RubricVersion


@dataclass(frozen=True)
class AdviceState:
    """Where the last asking stands: the texts judged as they are now, those changed since, and unscored verdicts."""

    advice: Advice
    judge: JudgeVersion
    by: "RubricVersion"
    job: Job | None
    total: int
    ended: int
    current: int
    stale: int
    unscored: tuple[tuple[str, int], ...]

    @property
    def live(self) -> bool:
        """Whether more may still come."""
        return self.job is not None and self.job.state in OPEN_JOBS


def shown_digest(criterion: rubric.Criterion) -> str:
    """Tells a criterion as a judge reads it from the same one after an edit."""
    return hashlib.sha256(lint.shown(criterion).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def newest_advice(version: "RubricVersion") -> Advice | None:
    """The last asking about this version, or about another of the same rubric: ids and texts tell what still holds."""
    return (
        Advice.objects.filter(version__rubric=version.rubric_id)
        .select_related("run__job", "version")
        .order_by("-id")
        .first()
    )


def advice_state(version: "RubricVersion") -> AdviceState | None:
    """How far the last asking is; None where nobody has asked."""
    advice = newest_advice(version)
    first = _first_item(advice) if advice else None
    if advice is None or first is None:
        return None
    said = rubric_queries.domain_rubric(version)
    current = sum(1 for _ in _current(advice, said))
    items = RunItem.objects.filter(run=advice.run)
    ended = items.exclude(state=RunItem.State.WAITING).count()
    wanted = len(lint.asked(said))
    return AdviceState(
        advice=advice, judge=first.judge_version, by=first.version, job=advice.run.job, total=len(advice.asked),
        ended=ended, current=current, stale=wanted - current, unscored=_unscored(advice),
    )  # fmt: skip


def opinions(version: "RubricVersion", said: rubric.Rubric) -> list[Opinion]:
    """Doubts of the last asking about texts that are still the same, in the order of the criteria and questions."""
    advice = newest_advice(version)
    first = _first_item(advice) if advice else None
    if advice is None or first is None:
        return []
    about: dict[int, list[rubric.Criterion]] = {}
    for criterion in _current(advice, said):
        about.setdefault(advice.asked[criterion.id]["subject"], []).append(criterion)
    questions = rubric_queries.domain_rubric(first.version).criteria
    by_digest = keys.asked_digests(first.version, first.judge_version)
    of_digest = {by_digest[question.id]: (n, question) for n, question in enumerate(questions)}
    # What nobody doubts, which is most, stays in the database.
    doubt = Q(value__lt=lint.HALF) | Q(value__gt=lint.HALF, criterion_digest__in=_faults(by_digest, questions))
    rows = Verdict.objects.filter(
        doubt, subject__in=list(about), criterion_digest__in=list(of_digest), sample=0, status=VerdictStatus.OK,
        fingerprint=first.judge_version.fingerprint, workspace=advice.run.workspace_id,
    )  # fmt: skip
    place = {criterion.id: n for n, criterion in enumerate(said.criteria)}
    found = []
    for row in rows:
        n, question = of_digest[row.criterion_digest]
        if row.value is not None and lint.doubts(question, row.value):
            found += [(place[one.id], n, _opinion(row, question, one, first, version)) for one in about[row.subject_id]]
    return [one for _, _, one in sorted(found, key=lambda item: item[:2])]


def _opinion(
    row: Verdict, question: rubric.Criterion, about: rubric.Criterion, first: RunItem, version: "RubricVersion"
) -> Opinion:
    judge = str(first.judge_version)
    workspace = version.rubric.workspace.slug
    return Opinion(
        lint.opinion(question, about, judge=judge, probability=row.probability),
        judge=judge,
        probability=row.probability,
        rationale=row.rationale,
        url=reverse("judging:call", args=[workspace, row.call_id]) if row.call_id else "",
    )


def _faults(by_digest: dict[str, str], questions: tuple[rubric.Criterion, ...]) -> list[str]:
    return [by_digest[question.id] for question in questions if question.is_pitfall]


def _current(advice: Advice, said: rubric.Rubric) -> list[rubric.Criterion]:
    """The criteria whose text is the one that the judge read."""
    return [
        criterion
        for criterion in lint.asked(said)
        if advice.asked.get(criterion.id, {}).get("shown") == shown_digest(criterion)
    ]


def _first_item(advice: Advice) -> RunItem | None:
    related = ("judge_version__judge", "version__rubric__workspace")
    return RunItem.objects.filter(run=advice.run_id).select_related(*related).order_by("index").first()


def _unscored(advice: Advice) -> tuple[tuple[str, int], ...]:
    failed: dict[str, int] = {}
    without_verdicts = RunItem.objects.filter(run=advice.run, state__in=["failed", "cancelled"], scored=0, unscored=0)
    for item in without_verdicts.exclude(reason=""):
        failed[item.reason] = failed.get(item.reason, 0) + 1
    return tuple((each.reason or each.status, each.count) for each in reasons(advice.run)) + tuple(failed.items())
