"""Which URL shows or does what."""

from apps.judging.views import answers, judges, pins, runs, starting, trying

__all__ = ["answers", "judges", "pins", "runs", "starting", "trying"]
