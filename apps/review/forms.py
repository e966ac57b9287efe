"""What may be typed for reviews."""

from typing import Any

from django import forms

from apps.accounts.permissions import Actor
from apps.judging import queries as judging
from domain import draws

MOST_OVERLAP = 9


class QueueForm(forms.Form):
    """A queue to draw from a run."""

    run = forms.ChoiceField(help_text="The verdicts come from this run.")
    name = forms.CharField(max_length=200, help_text="What people see, for example “Return advice, second look”.")
    rule = forms.ChoiceField(
        label="Which verdicts",
        choices=[(one.name, one.title) for one in draws.RULES.values()],
        widget=forms.RadioSelect,
        initial="random",
    )
    size = forms.IntegerField(min_value=1, max_value=5000, initial=50, label="How many items")
    overlap = forms.IntegerField(
        min_value=1, max_value=MOST_OVERLAP, initial=2, label="People an item",
        help_text="With two or more, agreement can be measured and disagreement is settled by an author.",
    )  # fmt: skip
    seed = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, initial=1, help_text="The same seed draws the same items."
    )
    blind = forms.BooleanField(
        required=False, initial=True, label="Blind: people decide before they see the judge's verdict"
    )
    instructions = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Shown beside each item."
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["run"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (str(run.pk), f"{run.name}, {run.created_at:%d %b %Y}") for run in judging.list_runs(actor)[:200]
        ]


class DecisionForm(forms.Form):
    """What stands beside every answer; the answer itself is read by the task of the queue."""

    confidence = forms.FloatField(required=False, min_value=0, max_value=1)
    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea)
    opened = forms.FloatField(required=False)
    elapsed = forms.FloatField(required=False, min_value=0)
    straight = forms.BooleanField(required=False)


class ReasonForm(forms.Form):
    """The reason for an answer given after the reveal, or to settle a conflict."""

    reason = forms.CharField(max_length=5000, error_messages={"required": "Give the reason."})


def sentences(form: forms.Form) -> str:
    """What is wrong with a form, as one text."""
    return " ".join(str(error) for found in form.errors.values() for error in found)
