"""What may be typed."""

from apps.training.forms.exporting import ExportForm
from apps.training.forms.stepwise import StepwiseForm
from apps.training.forms.watching import LimitsForm, MuteForm, PinForm, ReasonForm

__all__ = ["ExportForm", "LimitsForm", "MuteForm", "PinForm", "ReasonForm", "StepwiseForm"]
