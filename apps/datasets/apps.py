"""Registers the app, its place in the navigation and what the sweeper does for it."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """The datasets app."""

    name = "apps.datasets"
    label = "datasets"

    def ready(self) -> None:
        """Fill the registries."""
        from apps.core import navigation
        from apps.datasets import receivers  # noqa: F401  (connects the receivers)
        from apps.datasets.services import uploads
        from apps.jobs import registry

        navigation.register(navigation.Place("Data", "datasets:list", order=30))
        registry.register_sweep(uploads.forget_old_uploads)
