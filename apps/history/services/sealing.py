"""Chains entries by hash, apart from the transactions that wrote them, so that nobody waits for anybody.

An entry's id is given before its transaction ends, so a lower id may appear late. A chain therefore has positions of
its own: an entry gets the next one when it is first seen. The usual pass looks back over the last `WINDOW` positions;
once an hour, and on request, a thorough pass looks at every entry.
"""

import time

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from apps.history.models import GENESIS, Entry, EntryQuerySet, Seal

WINDOW = 20_000
THOROUGH_EVERY = 3600.0
_last_thorough = {"at": float("-inf")}


def seal_all(*, limit: int = 50_000, thorough: bool | None = None) -> int:
    """Seal what is waiting in every chain, at most `limit` entries each; the sweeper calls it again and again."""
    if thorough is None:
        thorough = time.monotonic() - _last_thorough["at"] >= THOROUGH_EVERY
    workspaces = apps.get_model("accounts", "Workspace").objects.order_by("pk").values_list("pk", flat=True)
    sealed = sum(seal(chain=chain, limit=limit, thorough=thorough) for chain in (0, *workspaces))
    if thorough:
        _last_thorough["at"] = time.monotonic()
    return sealed


def seal(*, chain: int, limit: int = 50_000, thorough: bool = True) -> int:
    """Seal the waiting entries of one chain, in the order of their ids, and say how many."""
    with transaction.atomic():
        _lock(chain)
        last = Seal.objects.filter(chain=chain).order_by("-position").first()
        waiting = _waiting(chain, last, thorough=thorough)[:limit]
        position, previous = (last.position, last.digest) if last else (0, GENESIS)
        now, seals = timezone.now(), []
        for entry in waiting:
            position += 1
            digest = entry.digest_at(position=position, previous=previous)
            seals.append(
                Seal(entry=entry, chain=chain, position=position, previous=previous, digest=digest, sealed_at=now)
            )
            previous = digest
        Seal.objects.bulk_create(seals, batch_size=2000)
    return len(seals)


def _lock(chain: int) -> None:
    """One sealer per chain; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"history.seal {chain}"])


def _waiting(chain: int, last: Seal | None, *, thorough: bool) -> EntryQuerySet:
    mine = Entry.objects.of_chain(chain)
    if last is not None and not thorough:
        edge = Seal.objects.filter(chain=chain, position=last.position - WINDOW).first()
        mine = mine.filter(pk__gt=edge.entry_id) if edge else mine
    return mine.unsealed().order_by("pk")
