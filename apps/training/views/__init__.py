"""Which URL shows or does what."""

from apps.training.views import overview, releases, requests, runs

__all__ = ["overview", "releases", "requests", "runs"]
