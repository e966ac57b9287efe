"""What may be typed about rubrics."""

from apps.rubrics.forms.checking import CheckForm, as_json
from apps.rubrics.forms.copying import CloneForm
from apps.rubrics.forms.criterion import CriterionForm
from apps.rubrics.forms.fields import typed, whole
from apps.rubrics.forms.library import CHOICES, FilterForm, ImportForm, RubricForm, packed
from apps.rubrics.forms.policy import PolicyForm
from apps.rubrics.forms.replacing import ReplaceForm
from apps.rubrics.forms.sets import SampleForm, SetSubmissionForm
from apps.rubrics.forms.standards import MatrixForm, ReferenceForm
from apps.rubrics.forms.steps import StepForm, needs_parameters
from apps.rubrics.forms.suggest import SuggestForm
from apps.rubrics.forms.table import BulkForm, CellForm, NarrowForm, refused
from apps.rubrics.forms.truths import NAMES, STARTS, Column, TruthFormSet, truth_initial, truths_from
from apps.rubrics.forms.version import (
    KEYS,
    AddForm,
    CommentForm,
    GroupCellForm,
    GroupForm,
    GuidelineFormSet,
    NoteForm,
    RetireForm,
    SettingsForm,
    ThreadForm,
    guidelines_from,
)

__all__ = [
    "CHOICES",
    "KEYS",
    "NAMES",
    "STARTS",
    "AddForm",
    "BulkForm",
    "CellForm",
    "CheckForm",
    "CloneForm",
    "Column",
    "CommentForm",
    "CriterionForm",
    "FilterForm",
    "GroupCellForm",
    "GroupForm",
    "GuidelineFormSet",
    "ImportForm",
    "MatrixForm",
    "NarrowForm",
    "NoteForm",
    "PolicyForm",
    "ReferenceForm",
    "ReplaceForm",
    "RetireForm",
    "RubricForm",
    "SampleForm",
    "SetSubmissionForm",
    "SettingsForm",
    "StepForm",
    "SuggestForm",
    "ThreadForm",
    "TruthFormSet",
    "as_json",
    "guidelines_from",
    "needs_parameters",
    "packed",
    "refused",
    "truth_initial",
    "truths_from",
    "typed",
    "whole",
]
