"""Registers the app."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The home app."""

    name = "apps.home"
    label = "home"
