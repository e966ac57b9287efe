"""What the training pages show."""

from apps.training.pages.choices import approved_sets, approved_versions
from apps.training.pages.exporting import export_initial, export_page, export_preview, kind_titles
from apps.training.pages.requests import reward_rows, steps
from apps.training.pages.runs import curves, reward_curve

__all__ = [
    "approved_sets", "approved_versions", "curves", "export_initial", "export_page", "export_preview", "kind_titles",
    "reward_curve", "reward_rows", "steps",
]  # fmt: skip
