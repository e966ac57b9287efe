"""What the pages of refinement show."""

from apps.refinement.pages.cases import case_form, cases_page
from apps.refinement.pages.causal_edits import edit_set_page, edits_form, edits_page
from apps.refinement.pages.drafting import draft_detail, draft_form, draft_from, draft_page, method_of, wanted_of
from apps.refinement.pages.margins import margin_form, margins_page
from apps.refinement.pages.measuring import gate_page, gate_panel, measure_form
from apps.refinement.pages.meta_rubrics import new_rules, rules_detail, rules_page
from apps.refinement.pages.predicting import effects_page, effects_panel, predict_form

__all__ = [
    "case_form",
    "cases_page",
    "draft_detail",
    "draft_form",
    "draft_from",
    "draft_page",
    "edit_set_page",
    "edits_form",
    "edits_page",
    "effects_page",
    "effects_panel",
    "gate_page",
    "gate_panel",
    "margin_form",
    "margins_page",
    "measure_form",
    "method_of",
    "new_rules",
    "predict_form",
    "rules_detail",
    "rules_page",
    "wanted_of",
]
