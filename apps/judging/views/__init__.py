"""Which URL shows or does what."""

from apps.judging.views import (
    accuracy,
    advice,
    answers,
    bakeoffs,
    calibrating,
    combining,
    comparing,
    eliciting,
    judges,
    pins,
    rescoring,
    runs,
    starting,
    trying,
    weighing,
)

__all__ = [
    "accuracy",
    "advice",
    "answers",
    "bakeoffs",
    "calibrating",
    "combining",
    "comparing",
    "eliciting",
    "judges",
    "pins",
    "rescoring",
    "runs",
    "starting",
    "trying",
    "weighing",
]
