"""`manage.py erase_person`: takes a person's name and words out of the studio."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import services
from apps.accounts.models import User
from domain import errors


class Command(BaseCommand):
    help = (
        "Erase a person: name, address and what they wrote in comments and notes go, the account is shut, tokens are "
        "revoked. Decisions, labels and the history stay, under a neutral handle. This cannot be undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"], erased_at=None).first()
        if user is None:
            raise CommandError(f"There is no person {options['username']!r}.")
        if not options["yes"] and _asked(user.username) != user.username:
            raise CommandError("Nothing was erased.")
        try:
            handle = services.erase_person(user=user)
        except errors.StudioError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Erased. What remains of this person's work carries the name {handle}.")


def _asked(username: str) -> str:
    try:
        return input(f"Erase {username} for good? Type the username: ")
    except EOFError:
        return ""
