"""What a request for rewards would do, without doing it."""

import uuid
from collections.abc import Sequence
from typing import Any

from apps.judging import queries as judge_queries
from apps.training.models import RewardItem
from domain import pipeline


def rehearsal(body: Any, named: Any, subjects: Sequence[Any], keys: Sequence[uuid.UUID | None]) -> dict[str, Any]:
    """By item the version and what is stored of its verdicts; of all, what the judge would cost."""
    wanted = [key for key in keys if key]
    served = set(
        RewardItem.objects.filter(score_key__in=wanted, result__status="ok").values_list("score_key", flat=True)
    )
    of_items = [
        judge_queries.verdict_keys(version, named.judge, subject)
        for version, subject in zip(named.versions, subjects, strict=True)
    ]
    known = judge_queries.rows_by_key({key for found in of_items for key in found.values()}, decided=True)
    left = {
        (version.pk, subject.pk): (version, subject)
        for version, subject, key in zip(named.versions, subjects, keys, strict=True)
        if key not in served
    }
    estimate = judge_queries.estimate([(named.judge, list(left.values()))], 1) if left else None
    items = [
        {
            "id": item.id,
            "rubric": str(version),
            "digest": version.digest,
            "criteria": len(found),
            "stored": sum(key in known for key in found.values()),
            "served_before": score_key in served,
            "compared": pipeline.compares(version.scoring),
        }
        for item, version, found, score_key in zip(body.items, named.versions, of_items, keys, strict=True)
    ]
    return {
        "judge": {
            "name": named.judge.judge.name, "version": named.judge.number, "fingerprint": named.judge.fingerprint,
            "licensed": judge_queries.is_licensed(named.judge),
        },
        "rubric": named.ref,
        "deadline": named.deadline,
        "items": items,
        "estimate": estimate.as_dict() if estimate else None,
    }  # fmt: skip
