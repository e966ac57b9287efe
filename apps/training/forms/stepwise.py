"""How the steps of a request might have been paid."""

from typing import Any, Self

from django import forms
from django.http import QueryDict

from domain.scoring.stepwise import AGGREGATES, SHAPINGS, Aggregate, Reading, Shaping, Way

READINGS = [(Reading.SCORE.value, "how good it is"), (Reading.HOP.value, "how far it goes: ½ stands still")]
OWN = ("reading", "shaping", "aggregate", "eta", "mu", "gamma", "alpha")


class StepwiseForm(forms.Form):
    """The shaping with its settings, the aggregate, and what scores say."""

    reading = forms.ChoiceField(label="A score says", choices=READINGS)
    shaping = forms.ChoiceField(label="Steps are paid", choices=[(one.value, SHAPINGS[one].title) for one in Shaping])
    aggregate = forms.ChoiceField(label="One number", choices=[(one.value, AGGREGATES[one].title) for one in Aggregate])
    eta = forms.FloatField(label="η of clip", min_value=0, max_value=1, help_text="Scores above it cost nothing.")
    mu = forms.FloatField(label="μ of ReNorm", min_value=0, max_value=1, help_text="The centre.")
    gamma = forms.FloatField(label="γ of potential", min_value=0, max_value=1, help_text="The discount.")
    alpha = forms.FloatField(label="α", min_value=0, max_value=100, help_text="Times every reward.")

    @classmethod
    def asked(cls, query: QueryDict, way: Way) -> Self:
        """The form as it was asked for; what was left out is as the request has it."""
        return cls({name: getattr(way, name) for name in OWN} | {k: v for k, v in query.items() if k in OWN})

    def way(self) -> Way:
        """How steps would be paid; to be called where the form is valid."""
        given: dict[str, Any] = self.cleaned_data
        return Way(
            Shaping(given["shaping"]), Aggregate(given["aggregate"]), given["eta"], given["mu"], given["gamma"],
            given["alpha"], Reading(given["reading"]),
        )  # fmt: skip
