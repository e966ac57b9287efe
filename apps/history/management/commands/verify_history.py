"""`manage.py verify_history`: seal what waits, then check every chain; exits with 1 where one does not hold."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from apps.history import queries, services


class Command(BaseCommand):
    help = "Check the hash chain of every workspace's history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", help="Only this workspace, by its slug.")
        parser.add_argument("--anchor", metavar="POSITION:DIGEST", help="A head noted earlier (with --workspace).")
        parser.add_argument("--no-seal", action="store_true", help="Do not seal waiting entries first.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_seal"]:
            services.seal_all(thorough=True)
        anchor = _anchor(options["anchor"]) if options["anchor"] else None
        if anchor and not options["workspace"]:
            raise CommandError("An anchor belongs to one chain: name it with --workspace.")
        reports = [queries.verify(workspace, anchor=anchor) for workspace in _chains(options["workspace"])]
        for report in reports:
            self.stdout.write(_line(report))
        if not all(report.holds for report in reports):
            raise CommandError("The history is not what was sealed.")


def _chains(slug: str | None) -> Sequence[Model | None]:
    workspaces = apps.get_model("accounts", "Workspace").objects.order_by("pk")
    if not slug:
        return [None, *workspaces]
    found = list(workspaces.filter(slug=slug))
    if not found:
        raise CommandError(f"There is no workspace {slug!r}.")
    return found


def _anchor(text: str) -> tuple[int, str]:
    position, _, digest = text.partition(":")
    if not position.isdigit() or not digest:
        raise CommandError("An anchor is written POSITION:DIGEST, as this command prints it.")
    return int(position), digest


def _line(report: queries.Report) -> str:
    name = f"chain {report.chain}"
    if report.broken:
        return f"{name}: verified up to {report.verified}, then broken. {report.broken.reason}"
    return f"{name}: verified up to {report.verified}:{report.head}, {report.waiting} waiting for a seal"
