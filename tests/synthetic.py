"""A training run played without a judge: rewards as they would have been served, step by step, with planted faults."""

import math
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from apps.datasets import services as datasets
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from apps.training.models import RewardItem, RewardRequest, TelemetryPoint, TrainingRun
from apps.training.queries import current_pin, pinned_versions

Change = Callable[[int], dict[str, Any]]
SAID = (
    "take your tablets each morning with a glass of water and come back on Monday if the fever returns because "
    "we want to look at the wound again before you travel home to your family in the north of the country"
)
WORDS = SAID.split(" ")


def healthy(at: int) -> dict[str, Any]:
    """Nothing is planted."""
    return {}


def collapsing(at: int) -> dict[str, Any]:
    """Spread collapses from step 60 on, length creeps from step 100 on, a criterion is always met from step 120 on."""
    return {
        "spread": 0.01 if at >= 60 else 0.15, "words": 24 + max(0, at - 100) // 4, "met": at >= 120,
        "failed": 3 if 150 <= at < 160 else 0,
    }  # fmt: skip


def play(run: TrainingRun, steps: int, change: Change = healthy, *, groups: int = 3, each: int = 4) -> None:
    """Store requests, rollouts and what was served for them."""
    version = pinned_versions(current_pin(run))[0]
    for at in range(steps):
        _step(run, version, at, change(at), groups, each)


def _step(run: TrainingRun, version: RubricVersion, at: int, told: dict[str, Any], groups: int, each: int) -> None:
    now = timezone.now()
    words = told.get("words", 24)
    rows = [
        datasets.RolloutRow(
            messages=[{"role": "user", "parts": [{"type": "text", "text": f"Write letter {group}."}]}],
            parts=[{"type": "text", "text": _text(at, group * each + own, words)}],
        )
        for group in range(groups)
        for own in range(each)
    ]
    subjects = datasets.store_rollouts(run.workspace, datasets.rollouts_dataset(run.workspace), rows)
    request = RewardRequest.objects.create(
        workspace=run.workspace, training_run=run, judge_version=current_pin(run).judge_version, step=at, done_at=now,
        rubric_ref=str(version), body_digest=f"sha256:{run.pk}{at}",
    )  # fmt: skip
    results = [_result(version, at, place, each, told) for place in range(groups * each)]
    RewardItem.objects.bulk_create(
        [
            RewardItem(
                request=request, index=place, external_id=f"{at}-{place}", subject=subject, version=version,
                group=f"g{place // each}", result=result,
            )
            for place, (subject, result) in enumerate(zip(subjects, results, strict=True))
        ]
    )  # fmt: skip
    numbers = {"kl": 0.02 + at / 4000, "loss": 0.4 * math.exp(-at / 80) + 0.02 * math.sin(at)}
    TelemetryPoint.objects.bulk_create(
        [TelemetryPoint(training_run=run, step=at, name=name, value=value) for name, value in numbers.items()]
    )


def _text(at: int, place: int, words: int) -> str:
    shift = (at * 7 + place * 3) % len(WORDS)
    said = (WORDS[shift:] + WORDS[:shift])[: len(WORDS)]
    return " ".join([f"letter{at}x{place}", *[said[n % len(said)] + str(n // len(said)) for n in range(words - 1)]])


def _result(version: RubricVersion, at: int, place: int, each: int, told: dict[str, Any]) -> dict[str, Any]:
    group, own = divmod(place, each)
    reward = 0.35 + 0.3 * at / 200 + told.get("spread", 0.15) * (-1, 1, -0.5, 0.5)[own % 4]
    failed = place < told.get("failed", 0)
    criteria = {}
    for number, one in enumerate(rubric_queries.domain_rubric(version).criteria):
        met = True if told.get("met") and number == 0 else (own + group + at + number) % 2 == 0
        criteria[one.id] = {"status": "judge_error" if failed else "ok", "value": None if failed else float(met)}
    status = "judge_error" if failed else "ok"
    return {
        "id": f"{at}-{place}", "status": status, "reward": None if failed else reward,
        "display": None if failed else min(1.0, max(0.0, reward)), "coverage": 0.0 if failed else 1.0, "cached": False,
        "rubric": str(version), "prompt_id": None, "group": f"g{group}", "criteria": criteria, "trace": [],
    }  # fmt: skip
