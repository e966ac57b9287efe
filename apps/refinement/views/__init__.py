"""Which URL shows or does what."""

from apps.refinement.views.drafting import draft, draft_answer, draft_detail
from apps.refinement.views.measuring import gate, gate_panel
from apps.refinement.views.predicting import effects, effects_panel

__all__ = ["draft", "draft_answer", "draft_detail", "effects", "effects_panel", "gate", "gate_panel"]
