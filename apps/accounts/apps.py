"""Registers the app and its place in the navigation."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Authors find their tokens under Admin, approvers the history, admins the rest."""
        from apps.core import navigation

        navigation.register(navigation.Place("Admin", "accounts:admin", order=90, minimum_role="author"))
