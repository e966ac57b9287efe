"""Registers the app and its place in the navigation."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Authors find their tokens under Admin, approvers the history, admins the rest; webhooks hear of jobs."""
        from apps.accounts import receivers, runners  # noqa: F401  (connects the receivers)
        from apps.accounts.services import webhooks
        from apps.core import navigation
        from apps.jobs import registry

        registry.register(webhooks.KIND, runners.deliver, runners.finish_delivery, listed=False)
        registry.register_sweep(webhooks.sweep)
        navigation.register(navigation.Place("Admin", "accounts:admin", order=90, minimum_role="author"))
