"""What a worker does to test a judge: try the engine on everything that judging needs."""

from dataclasses import asdict

from django.db import transaction

from apps.core import gateway
from apps.jobs.leases import Lease
from apps.jobs.models import Job, JobState, Shard
from apps.judging.models import JudgeTest
from apps.judging.runners import rehearsing
from domain import errors
from engines.protocol import Check


def test_shard(shard: Shard, lease: Lease) -> dict[str, int]:
    """Probe the engine of a judge version and keep what was found."""
    test = JudgeTest.objects.select_related("version__judge").get(pk=shard.payload["test"])
    try:
        checks = rehearsing.rehearse(test.version, gateway.engine_for(test.version))
    except errors.Unavailable as away:
        checks = (Check("reachable", False, "unavailable", away.message),)
    with transaction.atomic():
        lease.guard()
        JudgeTest.objects.filter(pk=test.pk).update(
            ready=all(check.ok for check in checks), checks=[asdict(check) for check in checks]
        )
    return {"checks": len(checks), "failed": sum(not check.ok for check in checks)}


def finish_test(job: Job) -> None:
    """Say of a test that could not be made why it was not."""
    if job.state == JobState.DONE:
        return
    failed = Shard.objects.filter(job=job).exclude(error="").first()
    reason = failed.error if failed else "The test was cancelled."
    check = Check("test", False, job.state, f"The test did not run to its end: {reason}")
    JudgeTest.objects.filter(job=job, ready=None).update(ready=False, checks=[asdict(check)])
