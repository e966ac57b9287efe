"""The sweeper: frees leases of dead workers, ends jobs, rings again, at a steady pace."""

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from apps.jobs import services

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs until stopped, or once with --once."""

    help = "Free leases of dead workers, end finished jobs, wake workers for what waits."

    def add_arguments(self, parser: CommandParser) -> None:
        """--once for a single round."""
        parser.add_argument("--once", action="store_true", help="one round, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, sleep, sweep."""
        stop = threading.Event()
        if options["once"]:
            self.stdout.write(str(services.sweep()))
            return
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            try:
                services.sweep()
            except (OperationalError, InterfaceError) as away:
                log.warning("the database is away (%s); trying again", away)
            finally:
                connection.close()
            stop.wait(settings.STUDIO_SWEEP_SECONDS)
