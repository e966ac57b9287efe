"""What the training pages show."""

from apps.training.pages.choices import approved_sets, approved_versions
from apps.training.pages.exporting import export_initial, export_page, export_preview, kind_titles
from apps.training.pages.releases import diff_rows, pulls
from apps.training.pages.requests import groups, reward_rows, steps
from apps.training.pages.runs import curves, reward_curve

__all__ = [
    "approved_sets", "approved_versions", "curves", "diff_rows", "export_initial", "export_page", "export_preview",
    "groups", "kind_titles", "pulls", "reward_curve", "reward_rows", "steps",
]  # fmt: skip
