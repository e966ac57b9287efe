"""Loads the sample workspace and prints its logins as one JSON line."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.home import services


class Command(BaseCommand):
    """Loads once; again gives new passwords and a new token."""

    help = "Load the sample workspace and print its logins."

    def add_arguments(self, parser: CommandParser) -> None:
        """--no-run leaves the judge idle; --run-only makes up for it."""
        parser.add_argument("--no-run", action="store_true", help="start no judge run")
        parser.add_argument("--run-only", action="store_true", help="only start the run that was left out before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print."""
        if options["run_only"]:
            services.start_sample_run()
            return
        self.stdout.write(json.dumps(services.load_sample(with_run=not options["no_run"])))
