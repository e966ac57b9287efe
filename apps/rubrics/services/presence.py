"""Signs of life of people who have a draft open."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from apps.accounts.permissions import Actor
from apps.rubrics import permissions, queries
from apps.rubrics.models import Presence, RubricVersion

MAX_ID = 80
FORGET_AFTER = timedelta(hours=1)
_UPSERT = """
INSERT INTO rubrics_presence AS known (version_id, user_id, criterion, since, seen_at)
VALUES (%(version)s, %(user)s, %(criterion)s, %(now)s, %(now)s)
ON CONFLICT ON CONSTRAINT presence_once DO UPDATE SET
    criterion = EXCLUDED.criterion, seen_at = EXCLUDED.seen_at,
    since = CASE WHEN known.seen_at < %(alive)s THEN EXCLUDED.since ELSE known.since END
"""


def be_present(*, by: Actor, version: RubricVersion, criterion: str, now: datetime) -> None:
    """Note that this person has the draft open, in this criterion; who was away for long came anew."""
    permissions.check_belongs(by, version.rubric.workspace_id)
    place = "".join(character for character in criterion if character.isprintable())[:MAX_ID]
    alive = now - queries.ALIVE
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT, {"version": version.pk, "user": by.user.pk, "criterion": place, "now": now, "alive": alive}
        )


def leave(*, by: Actor, version: RubricVersion) -> None:
    """Forget that this person had the draft open."""
    permissions.check_belongs(by, version.rubric.workspace_id)
    version.present.filter(user=by.user).delete()


def forget_the_gone() -> int:
    """Delete signs of life that nobody asks for any more."""
    gone, _ = Presence.objects.filter(seen_at__lt=timezone.now() - FORGET_AFTER).delete()
    return gone
