"""Registers the app."""

from django.apps import AppConfig


class RubricsConfig(AppConfig):
    """The rubrics app."""

    name = "apps.rubrics"
    label = "rubrics"
    append_only = ("Decision", "Profile", "FittedArtefact")
