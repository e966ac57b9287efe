"""What may be typed about rubrics."""

from apps.rubrics.forms.criterion import CriterionForm
from apps.rubrics.forms.fields import typed, whole
from apps.rubrics.forms.library import FilterForm, ImportForm, RubricForm, SetApprovalForm
from apps.rubrics.forms.version import (
    KEYS,
    AddForm,
    CommentForm,
    GroupForm,
    GuidelineFormSet,
    NoteForm,
    SettingsForm,
    ThreadForm,
    WeightForm,
    guidelines_from,
)

__all__ = [
    "KEYS",
    "AddForm",
    "CommentForm",
    "CriterionForm",
    "FilterForm",
    "GroupForm",
    "GuidelineFormSet",
    "ImportForm",
    "NoteForm",
    "RubricForm",
    "SetApprovalForm",
    "SettingsForm",
    "ThreadForm",
    "WeightForm",
    "guidelines_from",
    "typed",
    "whole",
]
