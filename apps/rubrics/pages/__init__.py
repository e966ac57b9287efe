"""What the pages of rubrics show."""

from apps.rubrics.pages.clashing import clash
from apps.rubrics.pages.editor import editor, group_choices, table_row
from apps.rubrics.pages.frame import address, frame
from apps.rubrics.pages.history import versions
from apps.rubrics.pages.standards import standards_matrix
from apps.rubrics.pages.using import using

__all__ = ["TONES", "address", "clash", "editor", "frame", "group_choices", "table_row", "using", "versions"]
__all__ = ["address", "editor", "frame", "group_choices", "standards_matrix", "table_row", "using", "versions"]
from apps.rubrics.pages.quality import TONES, advice, numbered, quality

__all__ = [
    "address",
    "advice",
    "editor",
    "frame",
    "group_choices",
    "numbered",
    "quality",
    "table_row",
    "using",
    "versions",
]
