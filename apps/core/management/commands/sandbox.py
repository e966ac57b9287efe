"""`manage.py sandbox`: which means of isolation hold on this machine."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand

from apps.core import gateway
from domain import errors

MEANS = {
    "limits": "memory, processor time and files written are limited",
    "network": "a network space of its own, with nothing in it",
    "rights": "no capabilities and no way to new ones",
    "files": "only Python and the code it runs can be read",
    "calls": "no sockets, signals or tracing",
    "programs": "nothing can be started",
}


class Command(BaseCommand):
    """Start a process of the sandbox, ask it something, and tell what it gave up."""

    help = "Say which means of isolation hold for code in checks."

    def handle(self, *args: Any, **options: Any) -> None:
        code = "def check(response):\n    return response == 'asked'"
        ask = {"code": code, "takes": 1, "response": "asked", "seconds": 1.0, "memory": 64 * 1024 * 1024}
        opened = gateway.sandbox_here()
        try:
            opened.run("python_predicate", ask, seconds=5)
            begun = time.perf_counter()
            answered = opened.run("python_predicate", ask, seconds=5).answer
        except errors.Unavailable as error:
            self.stderr.write(error.message)
            sys.exit(1)
        took = (time.perf_counter() - begun) * 1000
        for name, why in gateway.sandbox_held().items():
            self.stdout.write(
                f"{'holds  ' if not why else 'MISSING'}  {name:9} {MEANS.get(name, '')}{why and f': {why}'}"
            )
        good = answered is not None and answered.get("value") is True
        self.stdout.write(f"A predicate was {'answered' if good else 'NOT answered'} in {took:.1f} ms.")
        sys.exit(0 if good else 1)
