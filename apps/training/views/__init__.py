"""Which URL shows or does what."""

from apps.training.views import alarms, exporting, overview, releases, requests, runs

__all__ = ["alarms", "exporting", "overview", "releases", "requests", "runs"]
