"""Who else has a draft open."""

from datetime import datetime, timedelta

from apps.accounts.permissions import Actor
from apps.rubrics.models import Presence, RubricVersion

ALIVE = timedelta(seconds=50)
MOST = 12


def others_present(actor: Actor, version: RubricVersion, now: datetime) -> list[Presence]:
    """The other people whose page gave a sign of life lately, whoever came first on top."""
    alive = version.present.filter(seen_at__gte=now - ALIVE).exclude(user=actor.user)
    return list(alive.select_related("user").order_by("since", "pk")[:MOST])
