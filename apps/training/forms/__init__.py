"""What may be typed."""

from apps.training.forms.exporting import ExportForm
from apps.training.forms.stepwise import StepwiseForm

__all__ = ["ExportForm", "StepwiseForm"]
