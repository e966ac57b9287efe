"""Forms around rubric sets: submitting one with a sample, what a reader found, a note to a decision."""

from django import forms

from apps.rubrics.forms.fields import add_problems, lines
from domain import errors


class SetSubmissionForm(forms.Form):
    """How many rubrics another person reads, and a note."""

    sample_size = forms.IntegerField(min_value=1, label="Rubrics in the sample")
    note = forms.CharField(required=False, max_length=5_000, widget=lines(2), label="Note for the approver")

    def refuse(self, error: errors.StudioError) -> None:
        """Show each fault at its field."""
        add_problems(self, error, {"sample_size": "sample_size", "note": "note"})


class SampleForm(forms.Form):
    """Whether a rubric of the sample is good."""

    ok = forms.TypedChoiceField(coerce=lambda said: said == "1", choices=[("1", "good"), ("0", "not good")])
    note = forms.CharField(
        required=False,
        max_length=5_000,
        widget=lines(3, **{"data-key": "m", "data-key-label": "write a note"}),
        label="Note",
        help_text="Needed where the rubric is not good: what is wrong with it?",
    )

    def refuse(self, error: errors.StudioError) -> None:
        """Show each fault at its field."""
        add_problems(self, error, {"note": "note"})
