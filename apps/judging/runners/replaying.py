"""What a worker does to ask a stored question again: the same words and settings, kept beside the first reply."""

import time

from django.db import transaction

from apps.jobs.leases import Lease
from apps.jobs.models import Shard
from apps.judging.models import Call
from apps.judging.runners import asking, opening, requests
from domain import errors

PURPOSE = "replay"
SECONDS = 300.0


def replay_shard(shard: Shard, lease: Lease) -> dict[str, int]:
    """Ask what a call asked once more; no verdict is touched. Raises Invalid where it cannot be asked as it was."""
    first = Call.objects.select_related("judge_version__judge").get(pk=shard.payload["call"])
    request = requests.rebuilt(first)
    if request is None:
        raise errors.Invalid("The prompt of this call is not kept as it was sent.", code="call_not_kept")
    batch = asking.put(opening.engine_of(first.judge_version), request, time.time() + SECONDS)
    again = asking.kept(
        batch, workspace_id=first.workspace_id, judge_version_id=first.judge_version_id, subject_id=first.subject_id,
        purpose=PURPOSE, prompt_name=first.prompt_name, prompt_digest=first.prompt_digest, seed=first.seed,
        replay_of=first, request=requests.again(first.request, batch),
    )  # fmt: skip
    with transaction.atomic():
        lease.guard()
        again.save()
    return {"calls": 1}
