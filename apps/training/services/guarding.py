"""What stands beside rewards and never decides one: back-pressure, the shadow judge, canaries."""

import hashlib
import math
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Workspace
from apps.accounts.permissions import Actor
from apps.datasets import services as dataset_services
from apps.datasets.models import Prompt, Subject
from apps.jobs.models import OPEN_JOBS, Shard, ShardState
from apps.judging import services as judging
from apps.judging.models import JudgeVersion, Run, RunItem
from apps.rubrics.models import RubricVersion
from apps.training import queries
from apps.training.models import CanaryRound, RewardItem, RewardRequest, TrainingRun
from apps.training.services.naming import Named
from domain import errors

LOOK_BACK = timedelta(minutes=2)
SLOWEST, FASTEST = 300, 1
"""Seconds after which a caller who was turned away is told to come again, at most and at least."""
MOST_CANARIES = 20
NAMES = {Run.Purpose.SHADOW: "Shadow of rewards", Run.Purpose.CANARY: "Canaries"}
Pair = tuple[RubricVersion, Subject]


class Backlog(errors.Unavailable):
    """More waits to be judged than the workspace may have waiting; `retry_after` says when there may be room."""

    default_code = "backlog"


def check_room(workspace: Workspace, more: int) -> None:
    """Turn a request away while too much of the workspace waits, and say when to come again."""
    most = settings.STUDIO_REWARD_BACKLOG
    waiting = RunItem.objects.filter(
        run__workspace=workspace, run__purpose=Run.Purpose.REWARD, state=RunItem.State.WAITING,
        run__job__state__in=OPEN_JOBS,
    ).count()  # fmt: skip
    if not waiting or waiting + more <= most:
        return
    seconds = _until_room(workspace, waiting + more - most)
    raise Backlog(
        f"{waiting:,} answers of this workspace wait for the judge already; with these {more:,} it would be more than "
        f"{most:,}. Come again in {seconds} s.",
        details={"retry_after": seconds, "waiting": waiting, "most": most},
    )


def _until_room(workspace: Workspace, excess: int) -> int:
    """Seconds until so many are judged, by the pace of the last minutes."""
    done = Shard.objects.filter(
        job__workspace=workspace, job__run__purpose=Run.Purpose.REWARD, state=ShardState.DONE,
        finished_at__gte=timezone.now() - LOOK_BACK,
    )  # fmt: skip
    judged = sum(result.get("items", 0) for result in done.values_list("result", flat=True))
    pace = judged / LOOK_BACK.total_seconds()
    return min(SLOWEST, max(FASTEST, math.ceil(excess / pace))) if pace else 30


def start(by: Actor, request: RewardRequest, items: Sequence[RewardItem], named: Named) -> None:
    """Let the shadow judge see its share of the rollouts, and every so many requests ask about the canaries."""
    run = named.training_run
    if run is None:
        return
    if run.shadow_judge is not None and not request.options.get("compare"):
        _shadow(by, request, items, run)
    if run.canary_dataset is not None and run.canary_every:
        _canaries(by, request, named, run)


def in_share(training_run: TrainingRun, subject: Subject) -> bool:
    """Whether a rollout belongs to the share that the shadow judge sees: the same one always does, or never."""
    digest = hashlib.sha256(f"{training_run.pk}:{subject.hash}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < training_run.shadow_share * 2**64


def _shadow(by: Actor, request: RewardRequest, items: Sequence[RewardItem], run: TrainingRun) -> None:
    chosen = {(item.version_id, item.subject_id): item for item in items if in_share(run, item.subject)}
    if not chosen or run.shadow_judge is None:
        return
    pairs = [(item.version, item.subject) for item in chosen.values()]
    request.shadow = _run(by, pairs, run.shadow_judge, Run.Purpose.SHADOW)


def _canaries(by: Actor, request: RewardRequest, named: Named, run: TrainingRun) -> None:
    """A round with the first request and with each `canary_every`-th after it."""
    with transaction.atomic():
        held = TrainingRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        before = held.requests.exclude(pk=request.pk).count()
        if before % (run.canary_every or 1):
            return
        number = held.canaries.count()
        pairs = _known(run, named)
        if pairs:
            made = _run(by, pairs, named.judge, Run.Purpose.CANARY, first_sample=number)
            CanaryRound.objects.create(training_run=run, number=number, run=made, step=request.step)


def _known(run: TrainingRun, named: Named) -> list[Pair]:
    """The first answers of the data set of canaries, under the pinned version that is for them."""
    pin = named.pin
    if run.canary_dataset is None or pin is None:
        return []
    general, bound = queries.versions_by_prompt(pin.release) if pin.release else (pin.version, {})
    subjects = dataset_services.subjects_of(run.canary_dataset, {"limit": MOST_CANARIES})
    prompts = dict(Prompt.objects.filter(subjects__in=subjects).values_list("pk", "external_id"))
    found = [(bound.get(prompts[subject.prompt_id], general), subject) for subject in subjects]
    return [(version, subject) for version, subject in found if version is not None]


def _run(by: Actor, pairs: Sequence[Pair], judge: JudgeVersion, purpose: Run.Purpose, first_sample: int = 0) -> Run:
    return judging.start_run(
        by=by, workspace=by.workspace, name=NAMES[purpose], pairs=list(pairs), judges=[judge], purpose=purpose,
        allow_draft=True, first_sample=first_sample,
    )  # fmt: skip
