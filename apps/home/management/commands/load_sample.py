"""Loads the sample workspace and prints its logins as one JSON line."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.home import services


class Command(BaseCommand):
    """Loads once; again gives new passwords and a new token."""

    help = "Load the sample workspace and print its logins."

    def add_arguments(self, parser: CommandParser) -> None:
        """--no-run leaves the judge idle."""
        parser.add_argument("--no-run", action="store_true", help="start no judge run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print."""
        self.stdout.write(json.dumps(services.load_sample(with_run=not options["no_run"])))
