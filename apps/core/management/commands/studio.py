"""`manage.py studio`: starts everything on this machine; `--once` runs the main job and stops."""

import sys
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand

from rubricstudio.launcher import command


class Command(BaseCommand):
    help = "Start PostgreSQL, web, worker and sweeper on this machine; stop all of it with Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run the main job once, print one JSON line and stop")

    def handle(self, *args: object, **options: object) -> None:
        sys.exit(command.run(settings.DATA_DIR, run_once=bool(options["once"])))
