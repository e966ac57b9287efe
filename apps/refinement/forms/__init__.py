"""What may be typed about measuring, drafting and refining."""

from apps.refinement.forms.cases import EXPECT, CaseForm
from apps.refinement.forms.causal_edits import EditsForm, KeepForm
from apps.refinement.forms.drafting import AnswerForm, DraftForm
from apps.refinement.forms.margins import MarginForm
from apps.refinement.forms.measuring import MeasureForm, take_problems
from apps.refinement.forms.meta_rubrics import NewRulesForm, RulesForm
from apps.refinement.forms.needs import Offered
from apps.refinement.forms.predicting import PredictForm

__all__ = [
    "EXPECT",
    "AnswerForm",
    "CaseForm",
    "DraftForm",
    "EditsForm",
    "KeepForm",
    "MarginForm",
    "MeasureForm",
    "NewRulesForm",
    "Offered",
    "PredictForm",
    "RulesForm",
    "take_problems",
]
