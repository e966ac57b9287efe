"""Registers the app."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """The datasets app."""

    name = "apps.datasets"
    label = "datasets"
