"""How weights are to be learnt from preferences."""

from typing import Any, cast

from django import forms

from apps.judging.models import JudgeVersion


class WeightFitForm(forms.Form):
    """On which preferences, by whose verdicts, and how weights are fitted."""

    dataset = forms.ChoiceField(label="Preferences of", help_text="Data sets in which somebody said what is better.")
    judge = forms.ChoiceField(label="Verdicts of", help_text="Judges that judged under this rubric.")
    loss = forms.ChoiceField(
        label="Strength of a preference", required=False, initial="scaled",
        choices=[("scaled", "clear ones count more"), ("margin", "clear ones need a margin"), ("plain", "ignore it")],
    )  # fmt: skip
    signed = forms.BooleanField(
        label="No weight may be negative", required=False, initial=True,
        help_text="A pitfall that people seem to like gets 0. Leave it out to see such signs.",
    )  # fmt: skip
    penalty = forms.FloatField(
        label="Penalty on large weights", required=False, min_value=0.0001, max_value=1000,
        help_text="L2. Left empty, the one that predicts best.",
    )  # fmt: skip

    def __init__(self, *args: Any, datasets: list[Any], judges: list[JudgeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(one.slug, f"{one.title} ({one.orders} comparisons)") for one in datasets]
        cast("forms.ChoiceField", self.fields["dataset"]).choices = named
        cast("forms.ChoiceField", self.fields["judge"]).choices = [(str(one), str(one)) for one in judges]
