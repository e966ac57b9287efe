"""What the figures of a training run say: its steps, the limits it is held against, and the texts behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.datasets.models import SubjectMember
from apps.judging import queries as judge_queries
from apps.judging.models import RunItem
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from apps.training.models import CanaryRound, Pin, RewardItem, RewardRequest, TrainingRun, WatchedStep
from apps.training.queries.answers import PENDING
from apps.training.queries.releases import versions_of
from apps.training.queries.runs import current_pin, telemetry
from domain import rubric, subjects, watch

BATCH = 2000
MOST_TEXTS = 2000
SAME_VERDICT = 0.5
"""Degrees nearer than this say the same of a canary."""


@dataclass(frozen=True)
class Named:
    """A criterion of a run's rubrics, under the name its figures have."""

    name: str
    slug: str
    criterion: rubric.Criterion

    @property
    def is_guard(self) -> bool:
        """It is there in order not to be met."""
        return self.criterion.is_pitfall or self.criterion.gate is not None


def name_of(slug: str, criterion: str) -> str:
    """Under which name figures keep a criterion: releases hold many rubrics whose ids may be the same."""
    return f"{slug}:{criterion}"


def pinned_versions(pin: Pin) -> list[RubricVersion]:
    """The versions a pin allows."""
    if pin.release is not None:
        return versions_of(pin.release)
    return [pin.version] if pin.version is not None else []


def criteria_of(pin: Pin) -> dict[str, Named]:
    """The criteria of what a run is pinned to, by the name that figures have; none of a run over too many."""
    versions = pinned_versions(pin)
    if len(versions) > watch.MOST_CRITERIA:
        return {}
    found = {}
    for version in versions:
        for one in rubric_queries.domain_rubric(version).criteria:
            name = name_of(version.rubric.slug, one.id)
            found[name] = Named(name, version.rubric.slug, one)
    return found


def watch_settings(run: TrainingRun) -> watch.Settings:
    """The limits of a run."""
    return watch.settings(run.watch)


def watched_steps(run: TrainingRun) -> list[watch.Step]:
    """The figures of every step, in order."""
    rows = WatchedStep.objects.filter(training_run=run).order_by("step").values_list("step", "figures")
    return [watch.Step.read(step, figures) for step, figures in rows]


def last_steps(runs: Sequence[TrainingRun]) -> dict[Any, watch.Step]:
    """The figures of the last step of each of some runs; a run without a step is left out."""
    rows = WatchedStep.objects.filter(training_run__in=runs).order_by("training_run", "-step").distinct("training_run")
    return {row.training_run_id: watch.Step.read(row.step, row.figures) for row in rows}


def raised_now(run: TrainingRun, steps: Sequence[watch.Step] | None = None) -> list[watch.Raised]:
    """The alarms that the figures give, whatever was raised before."""
    guards = {name for name, one in criteria_of(current_pin(run)).items() if one.is_guard}
    given = watched_steps(run) if steps is None else steps
    return watch.alarms(given, watch_settings(run), telemetry(run), guards=guards)


def kinship_of(run: TrainingRun, pin: Pin) -> watch.Kinship | None:
    """How judge and policy are related; nothing where checks decide everything or no policy is named."""
    model = pin.judge_version.model
    return watch.kinship(run.policy_model, model) if run.policy_model and model else None


def figures_at(run: TrainingRun, step: int) -> watch.Step:
    """A step's figures, summed up from what was served for it, and from what stood beside: shadow judge, canaries."""
    items = list(rollouts_at(run, step).filter(result__isnull=False, off_policy=False))
    texts = texts_of(item.subject_id for item in items)
    requests = list(
        RewardRequest.objects.filter(training_run=run, step=step, done_at__isnull=False).select_related("run__job")
    )
    shadows = _shadow_scores([request.shadow_id for request in requests if request.shadow_id])
    rollouts = [
        _rollout(item, texts.get(item.subject_id), shadows.get((item.subject_id, item.version_id))) for item in items
    ]
    canaries = [watch.Rollout(group="", reward=None, canary=same) for same in _canaries(run, step)]
    return watch.summarise(step, rollouts + canaries, waits=[_seconds(request) for request in requests])


def _shadow_scores(runs: Sequence[Any]) -> dict[tuple[int, int], float]:
    """What the shadow judge showed for each answer under a version."""
    items = list(RunItem.objects.filter(run__in=runs).select_related(*judge_queries.RELATED)) if runs else []
    return {
        (found.item.subject_id, found.item.version_id): found.score.display
        for found in judge_queries.results(items)
        if found.score is not None and found.score.display is not None
    }


def _canaries(run: TrainingRun, step: int) -> list[bool]:
    """Whether each criterion of the canaries asked at a step was judged as in the first round; not of the first."""
    rounds = list(CanaryRound.objects.filter(training_run=run, step=step, number__gt=0).values_list("run", flat=True))
    first = CanaryRound.objects.filter(training_run=run, number=0).values_list("run", flat=True).first()
    if not rounds or first is None:
        return []
    known = _verdict_values([first])
    return [
        abs(value - known[key]) < SAME_VERDICT
        for one in rounds
        for key, value in _verdict_values([one]).items()
        if key in known
    ]


def _verdict_values(runs: Sequence[Any]) -> dict[tuple[int, int, str], float]:
    items = list(RunItem.objects.filter(run__in=runs).select_related(*judge_queries.RELATED))
    return {
        (found.item.subject_id, found.item.version_id, one.criterion.id): one.verdict.value
        for found in judge_queries.results(items)
        for one in found.criteria
        if one.verdict is not None and one.verdict.value is not None
    }


def rollouts_at(run: TrainingRun, *steps: int) -> QuerySet[RewardItem]:
    """The rollouts of some steps, in the order in which they came."""
    found = RewardItem.objects.filter(request__training_run=run, request__step__in=steps)
    return found.select_related("request", "subject", "version__rubric", "run_item").order_by(
        "request__created_at", "index"
    )


def texts_of(keys: Iterable[int]) -> dict[int, str]:
    """What the judged answers say, by subject; forgotten ones are left out."""
    wanted, found = list(dict.fromkeys(keys)), {}
    for start in range(0, len(wanted), BATCH):
        rows = SubjectMember.objects.filter(subject__in=wanted[start : start + BATCH]).order_by("subject", "-position")
        for subject, parts in rows.values_list("subject_id", "response__parts"):
            if not any(part.get("type") == "erased" for part in parts):
                found[subject] = subjects.text_of(parts)
    return found


def shared_phrases(run: TrainingRun, steps: Sequence[int]) -> list[watch.Phrase]:
    """Words that the better paid half of the latest rollouts share: where a policy has learned a phrase."""
    rows = rollouts_at(run, *steps).filter(result__isnull=False)[:MOST_TEXTS]
    rewards = [((item.result or {}).get("reward"), item.subject_id) for item in rows]
    paid = sorted(((reward, subject) for reward, subject in rewards if reward is not None), key=lambda one: -one[0])
    best = dict.fromkeys(subject for _, subject in paid[: (len(paid) + 1) // 2])
    return watch.phrases(texts_of(best).values())


def news_of(run: TrainingRun, since: datetime | None) -> list[int]:
    """The steps for which something was served, seen by the shadow judge or asked of canaries since then."""
    requests = RewardRequest.objects.filter(training_run=run, done_at__isnull=False, step__isnull=False)
    rounds = CanaryRound.objects.filter(training_run=run, step__isnull=False)
    if since is not None:
        requests = requests.filter(Q(done_at__gte=since) | Q(shadow__job__finished_at__gte=since))
        rounds = rounds.filter(run__job__finished_at__gte=since)
    found = {*requests.values_list("step", flat=True).distinct(), *rounds.values_list("step", flat=True).distinct()}
    return sorted(step for step in found if step is not None)


def group_of(item: RewardItem) -> str:
    """The rollouts it is compared with: those of its group, else of its prompt."""
    return item.group or f"prompt {item.subject.prompt_id}"


def degrees(result: Mapping[str, Any], slug: str) -> dict[str, float | None]:
    """What was judged of each criterion that had to be, by the name that figures have; None where it is unscored."""
    return {
        name_of(slug, name): one.get("value")
        for name, one in result["criteria"].items()
        if not _is_absent(one["status"], result)
    }


def _is_absent(status: str, result: Mapping[str, Any]) -> bool:
    """Whether a criterion did not apply, or was not asked because a rule scored the answer."""
    return status == "not_applicable" or (status == PENDING and result["reward"] is not None)


def _rollout(item: RewardItem, text: str | None, shadow: float | None) -> watch.Rollout:
    result = item.result or {}
    return watch.Rollout(
        group=group_of(item),
        reward=result.get("reward"),
        display=result.get("display"),
        length=float(len(text.split())) if text is not None else None,
        repetition=watch.repetition(text) if text is not None else None,
        criteria=degrees(result, item.version.rubric.slug),
        shadow=shadow,
        absent=frozenset(
            name_of(item.version.rubric.slug, name)
            for name, one in result.get("criteria", {}).items()
            if _is_absent(one["status"], result)
        ),
    )


def _seconds(request: RewardRequest) -> float:
    job = request.run.job if request.run else None
    ended = (job.finished_at if job else None) or request.done_at or request.created_at
    return max(0.0, (ended - request.created_at).total_seconds())
