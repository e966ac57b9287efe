"""What may be typed."""

from apps.training.forms.exporting import ExportForm
from apps.training.forms.registering import RunForm
from apps.training.forms.stepwise import StepwiseForm
from apps.training.forms.watching import LimitsForm, MuteForm, PinForm, ReasonForm

__all__ = ["ExportForm", "LimitsForm", "MuteForm", "PinForm", "ReasonForm", "RunForm", "StepwiseForm"]
