"""Runs whose judge pays for length, with preferences that say which answers are right."""

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.datasets.models import Dataset, Preference, PreferenceMember, Rater
from apps.jobs import leases
from apps.jobs import runners as jobs
from apps.judging.models import JudgeVersion, Run, RunItem, Score
from apps.rubrics.models import RubricVersion
from tests import factories


def judged_run(
    author: Actor, dataset: Dataset, version: RubricVersion, judge: JudgeVersion, score: Callable[..., float], *,
    purpose: str = "run",
) -> Run:  # fmt: skip
    """A run over a data set in which `score(prompt, place, response)` says what each answer got."""
    run = Run.objects.create(
        workspace=author.workspace, name="Letters", dataset=dataset, created_by=author.user, purpose=purpose
    )
    run.judges.add(judge)
    run.versions.add(version)
    for index, subject in enumerate(datasets.subjects_of(dataset)):
        response = subject.members.get().response
        place = int(response.external_id.rpartition("-")[2])
        names = [row.criterion_id for row in version.criteria.order_by("position")]
        verdicts = (
            []
            if RunItem.objects.filter(subject=subject, version=version, judge_version=judge).exists()
            else factories.make_verdicts(
                version, judge, subject, {name: min(1.0, place / 2) for name in names}, rationale="It says so."
            )
        )
        RunItem.objects.create(
            run=run, index=index, version=version, judge_version=judge, subject=subject, state=RunItem.State.DONE,
            verdict_keys=[one.key for one in verdicts],
        )  # fmt: skip
        Score.objects.create(
            key=uuid.uuid4(), workspace=author.workspace, version=version, judge_version=judge, subject=subject,
            digest=version.digest, status="ok", raw=score(subject.prompt.external_id, place, response),
        )  # fmt: skip
    return run


def make_answers(author: Actor, *, prompts: int = 6, answers: int = 3) -> Dataset:
    """A data set in which the first answer of each prompt is the best and the last one the longest."""
    dataset = factories.make_dataset(workspace=author.workspace, slug="letters")
    rater = Rater.objects.create(workspace=author.workspace, name="gold")
    for number in range(prompts):
        prompt = factories.make_prompt(dataset=dataset, external_id=f"p{number}", text=f"Letter {number}?")
        made = [
            factories.make_response(
                prompt=prompt, text=f"Dose {number}. " * (1 + place * 2 + number % 2), external_id=f"r{number}-{place}"
            )
            for place in range(answers)
        ]
        for worse in made[1:]:
            said = Preference.objects.create(
                dataset=dataset, prompt=prompt, rater=rater, external_id=f"{prompt.external_id}-{worse.pk}"
            )
            PreferenceMember.objects.create(preference=said, response=made[0], rank=1)
            PreferenceMember.objects.create(preference=said, response=worse, rank=2)
    return dataset


def work() -> None:
    """Do all that waits for a worker."""
    while (lease := leases.claim()) is not None:
        jobs.run(lease)


@pytest.fixture
def alice(db):
    return factories.make_actor(username="alice")


@pytest.fixture
def dana(db):
    return factories.make_actor(Role.APPROVER, username="dana")


@pytest.fixture
def charlie(db):
    return factories.make_actor(Role.ADMIN, username="charlie", workspace=factories.make_workspace(slug="elsewhere"))


@pytest.fixture
def setting(alice):
    """A run that pays for length, and one that pays for brevity."""
    dataset = make_answers(alice)
    version = factories.make_version(workspace=alice.workspace, status="approved")
    judge, other = (factories.make_judge(workspace=alice.workspace, name=name) for name in ("long", "short"))
    run = judged_run(alice, dataset, version, judge, lambda prompt, place, _: place / 2 + (prompt == "p1") * 0.01)
    second = judged_run(alice, dataset, version, other, lambda prompt, place, _: 1 - place / 2)
    return SimpleNamespace(dataset=dataset, version=version, judge=judge, other=other, run=run, second=second)


def inputs_of(*runs: Run) -> dict[str, Any]:
    return {"scores": [{"run": str(run.pk)} for run in runs]}
