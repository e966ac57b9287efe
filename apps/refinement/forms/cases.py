"""What every version of a rubric must find of an answer."""

from typing import Any, cast

from django import forms

from apps.refinement.models import RegressionCase
from apps.rubrics.models import RubricVersion
from apps.rubrics.queries import domain_rubric
from domain.refinement.regression import Expect

EXPECT = {
    Expect.MET: "meets the criterion", Expect.NOT_MET: "does not meet the criterion",
    Expect.AT_LEAST: "scores at least", Expect.AT_MOST: "scores at most", Expect.BETTER: "scores more than",
}  # fmt: skip
MOST_WORDS = 80


class CaseForm(forms.Form):
    """An answer and what is expected of it."""

    response = forms.IntegerField(widget=forms.HiddenInput)
    origin = forms.ChoiceField(widget=forms.HiddenInput, required=False, choices=RegressionCase.Origin)
    expect = forms.ChoiceField(label="The answer", choices=list(EXPECT.items()))
    criterion = forms.ChoiceField(label="Criterion", required=False, help_text="Where it is about one.")
    bound = forms.FloatField(
        label="Score", required=False, min_value=0, max_value=1, help_text="From 0 to 1, for at least and at most."
    )
    other = forms.ChoiceField(
        label="The worse answer", required=False, help_text="Of the same prompt, where it must score less."
    )
    note = forms.CharField(
        label="Why", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What went wrong before, or what must not be lost.",
    )  # fmt: skip

    def __init__(self, *args: Any, version: RubricVersion, others: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        criteria = [(one.id, one.text[:MOST_WORDS]) for one in domain_rubric(version).criteria]
        cast("forms.ChoiceField", self.fields["criterion"]).choices = [("", "the whole rubric"), *criteria]
        cast("forms.ChoiceField", self.fields["other"]).choices = [("", "none"), *others]
