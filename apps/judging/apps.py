"""Registers the app."""

from django.apps import AppConfig


class JudgingConfig(AppConfig):
    """The judging app."""

    name = "apps.judging"
    label = "judging"
    append_only = ("JudgeVersion",)
    no_delete = ("Verdict", "Score", "Call", "Licence")
