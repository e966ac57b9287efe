"""Registers the app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The review app."""

    name = "apps.review"
    label = "review"
    no_delete = ("Review", "Gold")
