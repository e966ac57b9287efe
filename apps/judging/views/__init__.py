"""Which URL shows or does what."""

from apps.judging.views import advice, answers, comparing, judges, pins, runs, starting, trying

__all__ = ["advice", "answers", "comparing", "judges", "pins", "runs", "starting", "trying"]
