"""Registers the app."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """The history app."""

    name = "apps.history"
    label = "history"
    append_only = ("Entry", "Seal")
    no_delete = ("PullCount",)

    def ready(self) -> None:
        """The sweeper sums up closed days and seals what waits."""
        from apps.history import services
        from apps.jobs import registry

        registry.register_sweep(services.record_pulls)
        registry.register_sweep(services.seal_all)
