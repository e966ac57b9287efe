"""Writes a version of a rubric in another format; what the format cannot hold goes to standard error."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts import queries as accounts
from apps.rubrics import queries
from domain import errors, formats


class Command(BaseCommand):
    """Reads as a named person, so that permissions count."""

    help = "Export a rubric, as slug or slug@number."

    def add_arguments(self, parser: CommandParser) -> None:
        """The rubric, who reads it, and where it goes."""
        parser.add_argument("rubric", help="slug for the approved version, or slug@number")
        parser.add_argument("--workspace", required=True)
        parser.add_argument("--user", required=True)
        parser.add_argument("--format", default="rubricstudio", choices=[*formats.WRITERS])
        parser.add_argument("--out", help="a path; left out, the file goes to standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and tell what is missing in it."""
        slug, _, number = options["rubric"].partition("@")
        try:
            by = accounts.actor_named(options["workspace"], options["user"])
            found = (
                queries.get_version(by, slug, int(number)) if number.isdecimal() else queries.latest_approved(by, slug)
            )
            written = queries.export(found, options["format"])
        except errors.StudioError as error:
            raise CommandError(error.message) from error
        for note in written.report:
            self.stderr.write(f"{note.level} {note.pointer}: {note.message}")
        if options["out"]:
            Path(options["out"]).write_bytes(written.data)
        elif written.extension == "xlsx":
            raise CommandError("A workbook needs --out.")
        else:
            self.stdout.write(written.data.decode(), ending="")
