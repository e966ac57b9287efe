"""What the training pages show."""

from apps.training.pages.choices import approved_sets, approved_versions
from apps.training.pages.requests import reward_rows, steps
from apps.training.pages.runs import curves, reward_curve

__all__ = ["approved_sets", "approved_versions", "curves", "reward_curve", "reward_rows", "steps"]
