"""Registers the app and hands out the rights of the restricted role after each migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """The core app."""

    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        """Grant after migrate, when all tables exist."""
        post_migrate.connect(_grant, sender=self, dispatch_uid="core.grants")


def _grant(*, using: str, **_: Any) -> None:
    from apps.core import grants

    grants.apply(using)
