"""Which URL shows or does what."""

from apps.judging.views import (
    accuracy,
    advice,
    answers,
    bakeoffs,
    calibrating,
    combining,
    comparing,
    judges,
    pins,
    runs,
    starting,
    trying,
)

__all__ = [
    "accuracy",
    "advice",
    "answers",
    "bakeoffs",
    "calibrating",
    "combining",
    "comparing",
    "judges",
    "pins",
    "runs",
    "starting",
    "trying",
]
