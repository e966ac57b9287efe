"""Which URL shows or does what."""

from apps.training.views import exporting, overview, releases, requests, runs

__all__ = ["exporting", "overview", "releases", "requests", "runs"]
