"""Imports a file of rubrics as a named person and prints the report as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import queries as accounts
from apps.rubrics import services
from domain import errors, formats


class Command(BaseCommand):
    """The same service as the page and the REST call: roles count and history is written."""

    help = "Import a file of rubrics; `-` reads from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, whose work it is, and in which format it is."""
        parser.add_argument("file", help="a path, or - for standard input")
        parser.add_argument("--workspace", required=True, help="name of the workspace in addresses")
        parser.add_argument("--user", required=True, help="the person in whose name it is done")
        parser.add_argument("--format", default="auto", choices=["auto", *formats.READERS])
        parser.add_argument("--set", dest="name", help="name of the rubric, or of the set where there are many")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be made")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print."""
        try:
            by = accounts.actor_named(options["workspace"], options["user"])
            data = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
            given = {"by": by, "format": options["format"], "data": data, "slug": options["name"]}
            told = _preview(given, options["file"]) if options["dry_run"] else _import(given, options["file"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except errors.StudioError as error:
            problems = getattr(error, "problems", ())
            raise CommandError("\n".join([error.message, *(f"{p.pointer}: {p.message}" for p in problems)])) from error
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))


def _import(given: dict[str, Any], file: str) -> dict[str, Any]:
    done = services.import_rubrics(**given, name=Path(file).name)
    return {
        "rubrics": [{"slug": v.rubric.slug, "version": v.number, "digest": v.digest} for v in done.versions],
        "rubric_set": done.set_version.rubric_set.name if done.set_version else None,
        "report": [note._asdict() for note in done.report],
    }


def _preview(given: dict[str, Any], file: str) -> dict[str, Any]:
    seen = services.preview_import(**given, name=Path(file).name)
    return {
        "format": seen.format,
        "rubrics": [{"slug": r.slug, "criteria": r.criteria, "becomes": r.becomes} for r in seen.rubrics],
        "report": [note._asdict() for note in seen.report],
    }
