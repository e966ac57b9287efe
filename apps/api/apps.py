"""Registers the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The api app."""

    name = "apps.api"
    label = "api"
