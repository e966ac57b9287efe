"""On which pairs, by which judge, margins are asked for."""

from typing import Any, cast

from django import forms

from apps.judging.models import JudgeVersion


class MarginForm(forms.Form):
    """The labelled pairs, the judge, how many pairs, and whether each criterion is asked with alone."""

    dataset = forms.ChoiceField(label="Pairs of", help_text="Data sets in which somebody said which answer is better.")
    judge = forms.ChoiceField(label="Judge", help_text="It is asked which answer is better, and its odds are read.")
    pairs = forms.IntegerField(
        label="Pairs", min_value=1, max_value=1_000, initial=50, help_text="One a prompt. Two calls each."
    )
    alone = forms.BooleanField(
        label="Each criterion alone too", required=False, help_text="One more call for each pair and criterion."
    )
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=2**31 - 1, initial=0,
        help_text="Chooses the pairs, and which answer stands first.",
    )  # fmt: skip

    def __init__(self, *args: Any, datasets: list[Any], judges: list[JudgeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.slug, f"{one.title} ({one.orders} comparisons)") for one in datasets]
        cast("forms.ChoiceField", self.fields["dataset"]).choices = named
        models = [(str(one), f"{one}, {one.model}") for one in judges]
        cast("forms.ChoiceField", self.fields["judge"]).choices = models

    @property
    def can_ask(self) -> bool:
        """Whether there are pairs and a judge."""
        return all(bool(cast("forms.ChoiceField", self.fields[name]).choices) for name in ("dataset", "judge"))
