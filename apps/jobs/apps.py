"""Registers the app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The jobs app."""

    name = "apps.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Show the jobs among the metrics."""
        from apps.core import metrics
        from apps.jobs import queries

        metrics.register(queries.metrics)
