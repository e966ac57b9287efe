"""Rewards that need no judging: served before under the same key, or being judged for another request right now."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from apps.datasets.models import Prompt
from apps.jobs.models import LIVE_JOBS
from apps.judging import queries as judge_queries
from apps.judging.models import Run, RunItem
from apps.training import queries
from apps.training.models import RewardItem, RewardRequest
from apps.training.services.naming import Named
from domain import pipeline

Place = tuple[int, int]
MOST_UNREAD = 20
_SERVED = """
SELECT DISTINCT ON (score_key) score_key, result::text, run_item_id FROM training_rewarditem
 WHERE score_key = ANY(%s::uuid[]) AND result ->> 'status' = 'ok' ORDER BY score_key, id
"""


def keys_of(named: Named, subjects: Sequence[Any]) -> list[uuid.UUID | None]:
    """The key of each reward: all that decides it; none where it depends on other answers too."""
    contexts = dict(
        Prompt.objects.filter(pk__in={subject.prompt_id for subject in subjects}).values_list("pk", "context_hash")
    )
    artefacts = [artefact.digest for artefact in named.calibrations]
    forms: dict[tuple[int, int | None], Mapping[str, Any]] = {}
    found: dict[tuple[int, int | None, int], uuid.UUID | None] = {}
    keys: list[uuid.UUID | None] = []
    for version, profile, subject in zip(named.versions, named.profiles, subjects, strict=True):
        made = (version.pk, profile.pk if profile else None)
        place = (*made, subject.pk)
        if place not in found and (pipeline.compares(version.scoring) or version.is_draft):
            found[place] = None
        elif place not in found:
            if made not in forms:
                forms[made] = judge_queries.score_form(
                    version.digest, named.judge, subject.workspace_id, profile=profile, artefacts=artefacts
                )
            found[place] = judge_queries.answer_key(forms[made], subject.hash, contexts[subject.prompt_id])
        keys.append(found[place])
    return keys


def served(keys: Sequence[uuid.UUID | None]) -> dict[uuid.UUID, tuple[dict[str, Any], int | None]]:
    """What was served under these keys, and where it was judged."""
    import orjson

    wanted = "{" + ",".join({str(key) for key in keys if key}) + "}"
    with connection.cursor() as cursor:
        cursor.execute(_SERVED, [wanted])
        return {key: (orjson.loads(result), run_item) for key, result, run_item in cursor.fetchall()}


def unread(request: RewardRequest, keys: Sequence[uuid.UUID | None]) -> list[RewardRequest]:
    """Requests that have had some of the same judged, and whose answer nobody has read."""
    rows = RewardItem.objects.filter(score_key__in=[key for key in keys if key], result__isnull=True)
    found = rows.exclude(request=request).filter(request__done_at=None).values_list("request", flat=True).distinct()
    requests = RewardRequest.objects.filter(pk__in=list(found[:MOST_UNREAD]))
    return [one for one in requests.select_related(*queries.REQUESTED) if queries.is_done(one)]


def lock(workspace_id: int) -> None:
    """Let one request of a workspace at a time see what is being judged and add to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('training.rewards'), %s)", [workspace_id % 2**31])


def under_way(request: RewardRequest, items: Sequence[RewardItem]) -> dict[Place, int]:
    """Where answers are being judged already by this judge, by version and subject; never past our own deadline."""
    alone = [item for item in items if not pipeline.compares(item.version.scoring)]
    if not alone:
        return {}
    longer = Q(run__job__deadline=None)
    if request.deadline is not None:
        longer |= Q(run__job__deadline__gte=request.deadline)
    rows = RunItem.objects.filter(
        longer, run__workspace=request.workspace_id, run__purpose=Run.Purpose.REWARD, run__job__state__in=LIVE_JOBS,
        subject__in={item.subject_id for item in alone}, version__in={item.version_id for item in alone},
        judge_version=request.judge_version_id, state=RunItem.State.WAITING, sample=0, stage=1, asked=[],
    )  # fmt: skip
    return {(version, subject): key for version, subject, key in rows.values_list("version_id", "subject_id", "pk")}
