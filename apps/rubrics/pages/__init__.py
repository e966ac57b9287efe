"""What the pages of rubrics show."""

from apps.rubrics.pages.clashing import clash
from apps.rubrics.pages.editor import editor, group_choices, table_row
from apps.rubrics.pages.frame import address, frame
from apps.rubrics.pages.history import versions
from apps.rubrics.pages.using import using

__all__ = ["address", "clash", "editor", "frame", "group_choices", "table_row", "using", "versions"]
