"""Of which answers, by which model edits are made, and which of them are kept."""

from typing import Any, cast

from django import forms

from apps.datasets.models import Dataset
from apps.judging.models import JudgeVersion


class EditsForm(forms.Form):
    """The answers and the model that writes."""

    dataset = forms.ChoiceField(label="Answers of")
    writer = forms.ChoiceField(label="Model that edits", help_text="What comes of it depends on it.")
    answers = forms.IntegerField(
        label="Answers", min_value=1, max_value=100, initial=5,
        help_text="One a prompt. Two edits for each criterion, and one in other words.",
    )  # fmt: skip
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=2**31 - 1, initial=0, help_text="The same seed chooses the same answers."
    )

    def __init__(self, *args: Any, datasets: list[Dataset], judges: list[JudgeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["dataset"]).choices = [(one.slug, one.title) for one in datasets]
        models = [(str(one), f"{one}, {one.model}") for one in judges]
        cast("forms.ChoiceField", self.fields["writer"]).choices = models

    @property
    def can_edit(self) -> bool:
        """Whether there are answers and a model."""
        return all(bool(cast("forms.ChoiceField", self.fields[name]).choices) for name in ("dataset", "writer"))


class KeepForm(forms.Form):
    """The name of the data set that the edits which are kept become."""

    slug = forms.SlugField(label="Name of the data set", max_length=80)
