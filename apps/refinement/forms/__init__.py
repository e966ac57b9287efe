"""What may be typed about measuring, drafting and refining."""

from apps.refinement.forms.drafting import AnswerForm, DraftForm
from apps.refinement.forms.measuring import MeasureForm, take_problems
from apps.refinement.forms.needs import Offered

__all__ = ["AnswerForm", "DraftForm", "MeasureForm", "Offered", "take_problems"]
