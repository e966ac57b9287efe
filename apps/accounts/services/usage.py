"""How much each token is used: counted in memory, written every few seconds, so that a call costs no query for it.

What a process has not yet written is lost where it is killed: the counts are for people who look, they are no bill.
"""

import atexit
import datetime as dt
import logging
import threading
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.utils import timezone

from apps.accounts.models import Token

log = logging.getLogger(__name__)
THROTTLED = 429
_ADD = """
INSERT INTO accounts_tokenday AS known (token_id, day, calls, items, errors, throttled)
SELECT id, %s, %s, %s, %s, %s FROM accounts_token WHERE id = %s
ON CONFLICT (token_id, day) DO UPDATE SET calls = known.calls + excluded.calls, items = known.items + excluded.items,
errors = known.errors + excluded.errors, throttled = known.throttled + excluded.throttled
"""


@dataclass
class _Counts:
    calls: int = 0
    items: int = 0
    errors: int = 0
    throttled: int = 0

    def add(self, other: "_Counts") -> None:
        self.calls += other.calls
        self.items += other.items
        self.errors += other.errors
        self.throttled += other.throttled


_Key = tuple[int, dt.date]
_waiting: dict[_Key, _Counts] = {}
_lock = threading.Lock()
_due = threading.Event()


def note(token: Token, *, status: int, items: int = 0) -> None:
    """Count a call and what it brought; `status` of 400 or more is an error, whose items do not count."""
    failed = status >= 400
    counts = _Counts(1, 0 if failed else items, int(failed), int(status == THROTTLED))
    with _lock:
        _waiting.setdefault((token.pk, timezone.now().date()), _Counts()).add(counts)
        _start()


def flush() -> None:
    """Write what was counted since the last time; where the database is away it is kept for the next."""
    with _lock:
        taken = dict(_waiting)
        _waiting.clear()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for (token, day), one in sorted(taken.items()):
                cursor.execute(_ADD, [day, one.calls, one.items, one.errors, one.throttled, token])
    except (DatabaseError, InterfaceError):
        log.warning("the use of %d tokens could not be written yet", len({token for token, _ in taken}))
        with _lock:
            for key, one in taken.items():
                _waiting.setdefault(key, _Counts()).add(one)


def _start() -> None:
    """See to it that what waits is written soon; the caller holds the lock."""
    if _due.is_set() or not settings.STUDIO_USAGE_SECONDS:
        return
    _due.set()
    timer = threading.Timer(settings.STUDIO_USAGE_SECONDS, _soon)
    timer.daemon = True
    timer.start()


def _soon() -> None:
    _due.clear()
    try:
        flush()
    finally:
        connections.close_all()


@atexit.register
def _at_end() -> None:
    if _waiting and settings.STUDIO_USAGE_SECONDS:
        _soon()
