"""`manage.py sandbox`: which means of isolation hold on this machine."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.core import sandboxes


class Command(BaseCommand):
    """Start a process of the sandbox, ask it something, and tell what it gave up."""

    help = "Say which means of isolation hold for code in checks."

    def handle(self, *args: Any, **options: Any) -> None:
        found = sandboxes.examine()
        if found.problem:
            self.stderr.write(found.problem)
            sys.exit(1)
        for means in found.means:
            mark = "MISSING" if means.why else "holds  "
            self.stdout.write(f"{mark}  {means.name:9} {means.does}{f' Not here: {means.why}.' if means.why else ''}")
        self.stdout.write(f"A predicate was {'answered' if found.answered else 'NOT answered'} in {found.ms} ms.")
        sys.exit(0 if found.answered else 1)
