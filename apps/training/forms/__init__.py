"""What may be typed."""

from apps.training.forms.stepwise import StepwiseForm

__all__ = ["StepwiseForm"]
