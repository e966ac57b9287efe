"""Which URL shows or does what."""

from apps.judging.views import answers, judges, runs, starting, trying

__all__ = ["answers", "judges", "runs", "starting", "trying"]
