"""What may be typed about measuring, drafting and refining."""

from apps.refinement.forms.measuring import MeasureForm, take_problems

__all__ = ["MeasureForm", "take_problems"]
