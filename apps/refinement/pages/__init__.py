"""What the pages of refinement show."""

from apps.refinement.pages.drafting import draft_detail, draft_form, draft_page, method_of, wanted_of
from apps.refinement.pages.measuring import gate_page, gate_panel, measure_form
from apps.refinement.pages.predicting import effects_page, effects_panel, predict_form

__all__ = [
    "draft_detail", "draft_form", "draft_page", "effects_page", "effects_panel", "gate_page", "gate_panel",
    "measure_form", "method_of", "predict_form", "wanted_of",
]  # fmt: skip
