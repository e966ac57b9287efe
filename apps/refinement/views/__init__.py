"""Which URL shows or does what."""

from apps.refinement.views.cases import case_withdraw, cases, cases_judge
from apps.refinement.views.causal_edits import edit_set, edits
from apps.refinement.views.drafting import draft, draft_answer, draft_detail, draft_from
from apps.refinement.views.margins import margins
from apps.refinement.views.measuring import gate, gate_panel
from apps.refinement.views.meta_rubrics import meta_rubric, meta_rubric_choose, meta_rubric_new, meta_rubrics
from apps.refinement.views.predicting import effects, effects_panel

__all__ = [
    "case_withdraw",
    "cases",
    "cases_judge",
    "draft",
    "draft_answer",
    "draft_detail",
    "draft_from",
    "edit_set",
    "edits",
    "effects",
    "effects_panel",
    "gate",
    "gate_panel",
    "margins",
    "meta_rubric",
    "meta_rubric_choose",
    "meta_rubric_new",
    "meta_rubrics",
]
