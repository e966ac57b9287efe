"""Judging survives what happens: dead workers, a restarted database, a judge that is away or lies, lost messages."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection

from apps.accounts.permissions import Actor, Role
from apps.datasets import services as datasets
from apps.jobs.models import Job, JobState, Shard
from apps.judging import queries, services
from apps.judging.models import Run, RunItem, Score, Verdict
from apps.rubrics.models import RubricVersion, VersionStatus
from tests import factories
from tests.engines.fake_openai import FakeServer
from tests.processes import Processes, free_port, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS, CRITERIA = 40, 5
HASTE = {"STUDIO_LEASE_SECONDS": "3", "STUDIO_SWEEP_SECONDS": "1", "STUDIO_ENGINE_TIMEOUT": "10"}


@pytest.fixture
def fake() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


def make_run(
    base_url: str,
    *,
    answers: int = ANSWERS,
    model: str = "fake-judge",
    name: str = "fake",
    replicas: tuple[str, ...] = (),
) -> Run:
    admin = factories.make_actor(Role.ADMIN)
    criteria = [{"id": f"c_{n}", "text": f"States fact number {n}.", "weight": 1.0} for n in range(CRITERIA)]
    version = factories.make_version(
        workspace=admin.workspace, status=VersionStatus.APPROVED, document=factories.make_document(criteria=criteria)
    )
    dataset = factories.make_dataset(workspace=admin.workspace)
    for number in range(answers):
        prompt = factories.make_prompt(dataset=dataset, text=f"Question {number}?", external_id=f"p{number}")
        factories.make_response(prompt=prompt, text=f"The answer to question {number} has many words in it.")
    judge = services.create_judge(
        by=admin,
        name=name,
        engine={"kind": "served", "base_url": base_url, "model": model, "replicas": replicas},
        make_default=True,
    )
    datasets.subjects_of(dataset)
    return start(admin, version, dataset, judge)


def start(by: Actor, version: RubricVersion, dataset: Any, judge: Any) -> Run:
    return services.start_run(by=by, name="Under fire", versions=[version], dataset=dataset, judges=[judge])


def state_of(run: Run) -> str:
    try:
        return Job.objects.values_list("state", flat=True).get(run=run)
    except OperationalError:
        connection.close()
        return "unknown"


def verdict_count() -> int:
    try:
        return Verdict.objects.count()
    except OperationalError:
        connection.close()
        return -1


def assert_complete(run: Run, answers: int = ANSWERS) -> None:
    """Every verdict exists exactly once and is scored, every answer has its score, nothing failed."""
    assert Verdict.objects.filter(status="ok").count() == Verdict.objects.count() == answers * CRITERIA
    assert RunItem.objects.filter(run=run, state="done", scored=CRITERIA, unscored=0).count() == answers
    assert Score.objects.filter(status="ok").count() == answers
    assert not Shard.objects.filter(job=run.job_id).exclude(state="done").exists()


def test_a_worker_killed_in_mid_run_loses_and_doubles_nothing(processes: Processes, fake: FakeServer) -> None:
    fake.behave("delay", seconds=0.25)
    run = make_run(fake.url)
    processes.start_sweeper(**HASTE)
    worker = processes.start_worker(**HASTE)
    wait_until(lambda: 0 < verdict_count() < ANSWERS * CRITERIA, what="the first verdicts")
    worker.kill()
    assert state_of(run) == JobState.RUNNING
    done_by_the_dead = Verdict.objects.count()
    assert 0 < done_by_the_dead < ANSWERS * CRITERIA
    processes.start_worker(**HASTE)
    wait_until(lambda: state_of(run) == JobState.DONE, what="the run to end")
    assert_complete(run)
    assert Shard.objects.filter(job=run.job_id, fence__gt=1).exists(), "a dead worker's part was taken over"


def test_two_workers_share_a_run(processes: Processes, fake: FakeServer) -> None:
    fake.behave("delay", seconds=0.05)
    processes.start_sweeper(**HASTE)
    processes.start_worker(**HASTE)
    processes.start_worker(**HASTE)
    run = make_run(fake.url)
    wait_until(lambda: state_of(run) == JobState.DONE, what="the run to end")
    assert_complete(run)
    holders = set(Shard.objects.filter(job=run.job_id).values_list("leased_by", flat=True))
    assert len({holder.split(":")[1] for holder in holders}) == 2


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a PostgreSQL that is not ours is not ours to restart")
def test_a_database_restarted_in_mid_run_is_survived(processes: Processes, fake: FakeServer) -> None:
    fake.behave("delay", seconds=0.25)
    run = make_run(fake.url)
    processes.start_sweeper(**HASTE)
    worker = processes.start_worker(**HASTE)
    wait_until(lambda: 0 < verdict_count() < ANSWERS * CRITERIA, what="the first verdicts")
    connection.close()
    processes.server.restart()
    wait_until(lambda: state_of(run) == JobState.DONE, patience=90, what="the run to end")
    assert_complete(run)
    assert worker.alive()


def test_a_missing_judge_is_waited_for_and_never_a_zero(processes: Processes) -> None:
    port = free_port()
    processes.start_sweeper(**HASTE)
    processes.start_worker(**HASTE)
    run = make_run(f"http://127.0.0.1:{port}", answers=6)
    wait_until(lambda: "Waiting" in Job.objects.get(run=run).note, what="the run to say why it waits")
    assert state_of(run) == JobState.RUNNING
    assert not Score.objects.exists()
    assert not Verdict.objects.filter(value__isnull=False).exists()
    with FakeServer(port):
        wait_until(lambda: state_of(run) == JobState.DONE, what="the run to go on once the judge is back")
    assert_complete(run, answers=6)


@pytest.mark.parametrize("mode", ["not_json", "wrong_shape", "error_text", "nan", "no_logprobs", "truncated"])
def test_a_judge_that_talks_nonsense_gives_reasons_and_no_reward(
    processes: Processes, fake: FakeServer, mode: str
) -> None:
    run = make_run(fake.url, answers=3)
    fake.behave(mode)
    processes.start_sweeper(**HASTE)
    processes.start_worker(**HASTE)
    wait_until(lambda: has_ended(run) or is_waiting(run), what="the run to end or to say why it waits")
    assert not Verdict.objects.filter(value__isnull=False).exists()
    assert not Score.objects.filter(raw__isnull=False).exists()
    if has_ended(run):
        progress = queries.run_progress(Run.objects.get(pk=run.pk))
        assert progress.unscored == 3 * CRITERIA
        assert sum(reason.count for reason in progress.reasons) == 3 * CRITERIA
    fake.behave()
    if has_ended(run):
        by = factories.make_actor(Role.ADMIN, workspace=run.workspace)
        services.retry_run(by=by, run=Run.objects.get(pk=run.pk))
    wait_until(lambda: state_of(run) == JobState.DONE, what="the run to be scored at last")
    assert_complete(run, answers=3)


def test_lost_messages_only_cost_time(processes: Processes, fake: FakeServer) -> None:
    run = make_run(fake.url, answers=4)
    lose_all_messages()
    processes.start_worker(**HASTE)
    processes.start_sweeper(**HASTE)
    wait_until(lambda: state_of(run) == JobState.DONE, what="the sweeper to ring again")
    assert_complete(run, answers=4)


def has_ended(run: Run) -> bool:
    return state_of(run) not in {JobState.QUEUED, JobState.RUNNING}


def is_waiting(run: Run) -> bool:
    return "Waiting" in Job.objects.get(run=run).note


def lose_all_messages() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name FROM pgmq.meta")
        for (name,) in cursor.fetchall():
            cursor.execute("SELECT pgmq.purge_queue(%s)", [name])
