"""What the pages of rubrics show."""

from apps.rubrics.pages.checking import Checked, checking
from apps.rubrics.pages.clashing import clash
from apps.rubrics.pages.copying import clone_form, library_criteria
from apps.rubrics.pages.editor import editor, group_choices
from apps.rubrics.pages.exporting import losses, offered
from apps.rubrics.pages.frame import address, frame
from apps.rubrics.pages.guidelines import guidelines
from apps.rubrics.pages.history import versions
from apps.rubrics.pages.library import library
from apps.rubrics.pages.merging import merging, outcome
from apps.rubrics.pages.narrowing import narrowing
from apps.rubrics.pages.presence import present
from apps.rubrics.pages.proposing import beside_rows, own_edits, proposal_page
from apps.rubrics.pages.quality import TONES, advice, numbered, panel, quality, similar_pairs
from apps.rubrics.pages.reading import reading_of
from apps.rubrics.pages.scoring import scoring, truth_keys
from apps.rubrics.pages.sets import rubric_set, set_address, set_sample
from apps.rubrics.pages.stack import moved, new_step_form, step_card, step_curves, step_form
from apps.rubrics.pages.standards import standards_matrix
from apps.rubrics.pages.table import suggested_row, table_row, table_rows
from apps.rubrics.pages.threads import panel as thread_panel
from apps.rubrics.pages.threads import threads
from apps.rubrics.pages.truths import truth_choices, truth_columns, truth_outcomes, truth_table
from apps.rubrics.pages.using import using

__all__ = [
    "TONES",
    "Checked",
    "address",
    "advice",
    "beside_rows",
    "checking",
    "clash",
    "clone_form",
    "editor",
    "frame",
    "group_choices",
    "guidelines",
    "library",
    "library_criteria",
    "losses",
    "merging",
    "moved",
    "narrowing",
    "new_step_form",
    "numbered",
    "offered",
    "outcome",
    "own_edits",
    "panel",
    "present",
    "proposal_page",
    "quality",
    "reading_of",
    "rubric_set",
    "scoring",
    "set_address",
    "set_sample",
    "similar_pairs",
    "standards_matrix",
    "step_card",
    "step_curves",
    "step_form",
    "suggested_row",
    "table_row",
    "table_rows",
    "thread_panel",
    "threads",
    "truth_choices",
    "truth_columns",
    "truth_keys",
    "truth_outcomes",
    "truth_table",
    "using",
    "versions",
]
