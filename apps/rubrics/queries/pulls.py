"""Who pulled a version."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Sum

from apps.accounts.models import Token
from apps.history.models import PullCount
from apps.rubrics.models import RubricVersion


@dataclass(frozen=True)
class Puller:
    """A token or person with what was pulled in all."""

    name: str
    kind: str
    count: int
    items: int
    last_at: datetime


def pullers(version: RubricVersion) -> list[Puller]:
    """Everyone who asked for this version by name or digest, the most recent first."""
    refs = [str(version), version.rubric.slug, *([version.digest] if version.digest else [])]
    rows = (
        PullCount.objects.filter(workspace=version.rubric.workspace_id, ref__in=refs)
        .values("token_id", "actor__username", "kind")
        .annotate(total=Sum("count"), amount=Sum("items"), last=Max("last_at"))
        .order_by("-last")
    )
    found = list(rows)
    tokens = dict(Token.objects.filter(pk__in=[row["token_id"] for row in found]).values_list("pk", "name"))
    return [
        Puller(
            name=f"token {tokens[row['token_id']]}" if row["token_id"] in tokens else row["actor__username"] or "–",
            kind=row["kind"],
            count=row["total"],
            items=row["amount"],
            last_at=row["last"],
        )
        for row in found
    ]
