"""Where a reward comes from: what a training run is pinned to, and who approved the versions."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from apps.rubrics.models import Decision
from apps.training.models import RewardItem, RewardRequest

MOST_VERSIONS = 50


def provenance(request: RewardRequest, items: Iterable[RewardItem]) -> dict[str, Any]:
    """Training run, pin and release, and the versions with their approvers; of very many versions the first 50."""
    pin, run = request.pin, request.training_run
    versions = {item.version_id: item.version for item in items}
    shown = list(versions.values())[:MOST_VERSIONS]
    approvers = _approvers(version.pk for version in shown)
    release = pin.release if pin else None
    return {
        "training_run": {"id": str(run.pk), "name": run.name} if run else None,
        "pin": {"number": pin.number, "digest": pin.digest} if pin else None,
        "release": {"name": release.name, "digest": release.digest} if release else None,
        "versions_n": len(versions),
        "versions": [
            {
                "rubric": str(version),
                "digest": version.digest,
                "approved_at": version.approved_at,
                "approved_by": approvers.get(version.pk, []),
            }
            for version in shown
        ],
    }


def _approvers(versions: Iterable[int]) -> dict[int, list[str]]:
    """Who approved each version and did not take it back."""
    last: dict[tuple[int, int], Decision] = {}
    verbs = (Decision.Verb.APPROVE, Decision.Verb.TAKE_BACK)
    for decision in (
        Decision.objects.filter(version__in=list(versions), verb__in=verbs).select_related("by").order_by("pk")
    ):
        last[decision.version_id, decision.by_id] = decision
    found: dict[int, list[str]] = defaultdict(list)
    for (version, _), decision in last.items():
        if decision.verb == Decision.Verb.APPROVE:
            found[version].append(decision.by.name)
    return found
