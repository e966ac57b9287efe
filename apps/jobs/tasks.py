"""How a worker is called: a doorbell that carries nothing; the truth is in the rows."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.jobs import runners

log = logging.getLogger(__name__)
TURN_SECONDS = 30.0
MOST_BELLS = 8


@shared_task(name="jobs.work")
def work() -> None:
    """Run what waits for one turn; ring again when the turn ends with work left."""
    if runners.work(TURN_SECONDS):
        ring(1)


def ring(times: int) -> None:
    """Wake workers; where the broker is away the sweeper rings later, the rows wait."""
    for _ in range(min(times, MOST_BELLS)):
        try:
            work.apply_async(retry=False)
        except (OperationalError, OSError) as away:
            log.warning("the queue is away (%s); the sweeper will ring again", away)
            return


def ring_on_commit(times: int) -> None:
    """Wake workers once the present transaction is committed."""
    transaction.on_commit(lambda: ring(times))
