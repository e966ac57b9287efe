"""Jobs as rows: leases, fencing, ends, and what the sweeper mends."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User, Workspace
from apps.accounts.permissions import Actor, Role
from apps.jobs import leases, queries, registry, runners, services
from apps.jobs.models import Job, JobState, Shard, ShardState
from domain import errors

pytestmark = pytest.mark.django_db


class Played:
    """A runner that follows a script of results and errors."""

    def __init__(self) -> None:
        self.script: list[Any] = []
        self.seen: list[int] = []
        self.ended: list[Job] = []

    def __call__(self, shard: Shard, lease: leases.Lease) -> dict[str, Any]:
        self.seen.append(shard.index)
        step = self.script.pop(0) if self.script else {"n": 1}
        if isinstance(step, Exception):
            raise step
        if callable(step):
            step(shard, lease)
            return {"n": 1}
        return step


@pytest.fixture
def played() -> Iterator[Played]:
    runner = Played()
    registry.register("test", runner, runner.ended.append, max_attempts=2)
    yield runner
    registry._KINDS.pop("test")


@pytest.fixture
def author() -> Actor:
    workspace = Workspace.objects.create(slug="lab", name="Lab")
    return Actor(User.objects.create(username="alice"), workspace, Role.AUTHOR)


def make_job(author: Actor, shards: int = 3, **more: Any) -> Job:
    return services.create_job(
        by=author,
        workspace=author.workspace,
        kind="test",
        title="Count",
        shards=[{"i": i} for i in range(shards)],
        **more,
    )


def test_a_job_runs_to_its_end_and_says_so_once(author: Actor, played: Played) -> None:
    job = make_job(author)
    assert runners.work(5) is False
    job.refresh_from_db()
    assert (job.state, job.counts, played.seen) == (JobState.DONE, {"n": 3}, [0, 1, 2])
    assert [ended.pk for ended in played.ended] == [job.pk]
    assert runners.settle(job.pk) is False


def test_something_unavailable_puts_the_shard_back_without_blame(author: Actor, played: Played) -> None:
    job = make_job(author, shards=1)
    played.script = [errors.Unavailable("The judge cannot be reached.")]
    runners.work(5)
    shard = Shard.objects.get(job=job)
    assert (shard.state, shard.attempts, shard.waits) == (ShardState.WAITING, 0, 1)
    job.refresh_from_db()
    assert job.note == "Waiting: The judge cannot be reached."
    assert leases.claim() is None, "it is not tried again before its pause is over"
    Shard.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    runners.work(5)
    job.refresh_from_db()
    assert (job.state, job.note) == (JobState.DONE, "")


def test_what_is_invalid_fails_at_once_and_can_be_retried(author: Actor, played: Played) -> None:
    job = make_job(author, shards=2)
    played.script = [errors.Invalid("The prompt has no text.")]
    runners.work(5)
    job.refresh_from_db()
    assert (job.state, job.note) == (JobState.FAILED, "1 of 2 parts failed.")
    assert queries.reasons(job) == [("The prompt has no text.", 1)]
    services.retry(by=author, job=job)
    runners.work(5)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    with pytest.raises(services.WrongState):
        services.retry(by=author, job=job)


def test_a_bug_is_tried_again_and_then_given_up(author: Actor, played: Played) -> None:
    job = make_job(author, shards=1)
    played.script = [ZeroDivisionError("x"), ZeroDivisionError("x")]
    runners.work(5)
    Shard.objects.update(not_before=None)
    runners.work(5)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert Shard.objects.get().error == "Gave up after 2 attempts. ZeroDivisionError: x"


def test_a_worker_that_lost_its_lease_writes_nothing(author: Actor, played: Played) -> None:
    job = make_job(author, shards=1)

    def lose(shard: Shard, lease: leases.Lease) -> None:
        Shard.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        services.sweep()
        lease.guard()

    played.script = [lose]
    runners.work(5)
    job.refresh_from_db()
    assert (job.state, played.seen) == (JobState.DONE, [0, 0])
    assert Shard.objects.get().fence == 3


def test_a_shard_whose_workers_keep_dying_fails(author: Actor, played: Played) -> None:
    job = make_job(author, shards=1)
    for _ in range(2):
        assert leases.claim() is not None
        Shard.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        services.sweep()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "worker stopped" in Shard.objects.get().error


def test_pause_resume_cancel(author: Actor, played: Played) -> None:
    job = services.pause(by=author, job=make_job(author))
    assert runners.work(5) is False
    assert played.seen == []
    services.resume(by=author, job=job)
    assert services.cancel(by=author, job=job).state == JobState.CANCELLED
    assert queries.progress(job).cancelled == 3
    with pytest.raises(services.WrongState):
        services.pause(by=author, job=job)


def test_urgent_work_goes_first(author: Actor, played: Played) -> None:
    slow, fast = make_job(author, shards=1), make_job(author, shards=1, priority=5)
    lease = leases.claim()
    assert lease is not None
    assert lease.job_id == fast.pk != slow.pk


def test_only_authors_of_the_workspace(author: Actor, played: Played) -> None:
    job = make_job(author)
    viewer = Actor(author.user, author.workspace, Role.VIEWER)
    stranger = Actor(author.user, Workspace.objects.create(slug="other", name="Other"), Role.ADMIN)
    with pytest.raises(errors.NotAllowed):
        services.cancel(by=viewer, job=job)
    with pytest.raises(errors.NotFound):
        services.cancel(by=stranger, job=job)
    with pytest.raises(errors.NotFound):
        queries.get_job(stranger, job.pk)


def test_a_job_without_shards_ends_at_once(
    author: Actor, played: Played, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = make_job(author, shards=0)
    job.refresh_from_db()
    assert job.state == JobState.DONE
