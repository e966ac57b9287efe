"""What may be typed about measuring, drafting and refining."""

from apps.refinement.forms.drafting import DraftForm
from apps.refinement.forms.measuring import MeasureForm, take_problems

__all__ = ["DraftForm", "MeasureForm", "take_problems"]
