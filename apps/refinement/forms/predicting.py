"""On which pairs, by which judge, effects are predicted."""

from typing import Any, cast

from django import forms

from apps.judging.models import JudgeVersion


class PredictForm(forms.Form):
    """The labelled pairs, the judge, and how many pairs it may be asked about."""

    dataset = forms.ChoiceField(label="Pairs of", help_text="Data sets in which somebody said which answer is better.")
    judge = forms.ChoiceField(label="Judge", help_text="Verdicts that it gave before are not asked again.")
    pairs = forms.IntegerField(
        label="Pairs to judge", min_value=0, max_value=500, initial=20,
        help_text="One a prompt, never one that the criteria were written from. With 0 only stored verdicts count.",
    )  # fmt: skip
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=2**31 - 1, initial=0, help_text="The same seed chooses the same pairs."
    )

    def __init__(self, *args: Any, datasets: list[Any], judges: list[JudgeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.slug, f"{one.title} ({one.orders} comparisons)") for one in datasets]
        cast("forms.ChoiceField", self.fields["dataset"]).choices = named
        models = [(str(one), f"{one}, {one.model}") for one in judges]
        cast("forms.ChoiceField", self.fields["judge"]).choices = models

    @property
    def can_predict(self) -> bool:
        """Whether there are pairs and a judge."""
        return all(bool(cast("forms.ChoiceField", self.fields[name]).choices) for name in ("dataset", "judge"))
