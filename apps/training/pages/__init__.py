"""What the training pages show."""

from apps.training.pages.choices import approved_sets, approved_versions
from apps.training.pages.exporting import export_initial, export_page, export_preview, kind_titles
from apps.training.pages.overview import run_rows
from apps.training.pages.releases import diff_rows, pulls
from apps.training.pages.requests import groups, reward_rows, steps
from apps.training.pages.runs import alarm_row, run_page
from apps.training.pages.watching import alarm_page, pin_choices, step_page

__all__ = [
    "alarm_page",
    "alarm_row",
    "approved_sets",
    "approved_versions",
    "diff_rows",
    "export_initial",
    "export_page",
    "export_preview",
    "groups",
    "kind_titles",
    "pin_choices",
    "pulls",
    "reward_rows",
    "run_page",
    "run_rows",
    "step_page",
    "steps",
]
