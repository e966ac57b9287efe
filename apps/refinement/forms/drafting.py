"""From which pairs, by which model, within what budget criteria are drafted."""

from typing import Any, cast

from django import forms

from apps.judging.models import JudgeVersion

BUDGET = ("calls", "tokens", "minutes")


class DraftForm(forms.Form):
    """The pairs, the model, and how much it may cost."""

    dataset = forms.ChoiceField(label="Pairs of", help_text="Data sets in which somebody said which answer is better.")
    judge = forms.ChoiceField(
        label="Model", help_text="A judge: it writes the criteria and checks them. What comes of it depends on it."
    )
    sources = forms.IntegerField(
        label="Pairs to write from", min_value=1, max_value=100, initial=6, help_text="One call each."
    )
    checks = forms.IntegerField(
        label="Pairs to choose and to check by", min_value=1, max_value=100, initial=8,
        help_text="As many to choose criteria by, and again to hold out. Two calls for each criterion.",
    )  # fmt: skip
    threshold = forms.FloatField(
        label="Held-out labels to reproduce", min_value=0, max_value=1, initial=0.8,
        help_text="Below this share nothing is proposed.",
    )  # fmt: skip
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=2**31 - 1, initial=0, help_text="The same seed chooses the same pairs."
    )
    calls = forms.IntegerField(label="Calls at most", min_value=1, max_value=100_000_000, initial=200)
    tokens = forms.IntegerField(label="Tokens at most", min_value=1, max_value=100_000_000, initial=400_000)
    minutes = forms.IntegerField(
        label="Minutes at most", min_value=1, max_value=100_000_000, initial=120, help_text="Of the model's time."
    )

    def __init__(self, *args: Any, datasets: list[Any], judges: list[JudgeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.slug, f"{one.title} ({one.orders} comparisons)") for one in datasets]
        cast("forms.ChoiceField", self.fields["dataset"]).choices = named
        models = [(str(one), f"{one}, {one.model}") for one in judges]
        cast("forms.ChoiceField", self.fields["judge"]).choices = models

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes beside the data set and the judge."""
        said = self.cleaned_data
        return {name: said[name] for name in ("sources", "checks", "threshold", "seed")} | {
            "budget": {name: said[name] for name in BUDGET}
        }

    @property
    def can_draft(self) -> bool:
        """Whether there are pairs and a model."""
        return all(bool(cast("forms.ChoiceField", self.fields[name]).choices) for name in ("dataset", "judge"))
