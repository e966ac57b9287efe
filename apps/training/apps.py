"""Registers the app."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """The training app."""

    name = "apps.training"
    label = "training"
    append_only = ("Release", "ReleaseEntry", "Deprecation", "Pin")
