"""`manage.py create_admin`: the first workspace and its admin, for a new installation."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts import services
from apps.accounts.models import User
from domain import errors


class Command(BaseCommand):
    help = (
        "Create a workspace and its admin. The password comes from STUDIO_ADMIN_PASSWORD or the file named by "
        "STUDIO_ADMIN_PASSWORD_FILE; else one is made up and printed once, to be changed at the first sign-in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="admin")
        parser.add_argument("--workspace", default="main", help="The workspace's address, as in /w/main/.")
        parser.add_argument("--name", default="", help="The workspace's name on screen.")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username__iexact=options["username"]).exists():
            self.stdout.write(f"{options['username']} exists already; nothing was changed.")
            return
        given = settings.STUDIO_ADMIN_PASSWORD
        password = given or secrets.token_urlsafe(12)
        try:
            actor = services.bootstrap(
                username=options["username"],
                password=password,
                slug=options["workspace"],
                name=options["name"] or options["workspace"].replace("-", " ").capitalize(),
                must_change_password=not given,
            )
        except errors.StudioError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Created {actor.user.username}, admin of /w/{actor.workspace.slug}/.")
        if not given:
            self.stdout.write(f"Password (shown once, change it at the first sign-in): {password}")
