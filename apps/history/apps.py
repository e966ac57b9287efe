"""Registers the app."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """The history app."""

    name = "apps.history"
    label = "history"
    append_only = ("Entry", "Seal")
    no_delete = ("PullCount",)
