"""What the pages of refinement show."""

from apps.refinement.pages.drafting import draft_detail, draft_form, draft_page, method_of, wanted_of
from apps.refinement.pages.measuring import gate_page, gate_panel, measure_form

__all__ = [
    "draft_detail", "draft_form", "draft_page", "gate_page", "gate_panel", "measure_form", "method_of", "wanted_of",
]  # fmt: skip
