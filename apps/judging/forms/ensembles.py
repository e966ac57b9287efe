"""How the scores of a run's judges become one."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.judging.models import JudgeVersion
from domain import ensembles

RULES = [
    (ensembles.Rule.MEAN.value, "mean of the scores"),
    (ensembles.Rule.WEIGHTED.value, "mean by the weights below"),
    (ensembles.Rule.MIN.value, "the strictest judge decides"),
    (ensembles.Rule.CAUTIOUS.value, "mean less k standard deviations"),
]
LACKING = [
    (ensembles.Lacking.UNSCORED.value, "the answer is unscored"),
    (ensembles.Lacking.OTHERS.value, "those that have a score decide"),
]


class EnsembleForm(forms.Form):
    """A rule, what becomes of answers that a judge did not score, and what each judge weighs."""

    rule = forms.ChoiceField(label="Rule", choices=RULES)
    lacking = forms.ChoiceField(label="Where a judge has no score", choices=LACKING)
    caution = forms.FloatField(
        label="k", min_value=0, max_value=ensembles.MOST_CAUTION, required=False, initial=ensembles.CAUTION,
        help_text="Only of the last rule: how far disagreement lowers a score.",
    )  # fmt: skip

    def __init__(self, *args: Any, judges: Sequence[JudgeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = {f"weight_{judge.pk}": str(judge) for judge in judges}
        for name, judge in self._names.items():
            self.fields[name] = forms.FloatField(
                label=f"Weight of {judge}", min_value=0, max_value=ensembles.MOST_WEIGHT, required=False, initial=1.0
            )

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        """The weights of the judges."""
        return [self[name] for name in self._names]

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        caution = given["caution"]
        return {
            "rule": given["rule"], "lacking": given["lacking"],
            "caution": ensembles.CAUTION if caution is None else caution,
            "weights": {judge: given[name] for name, judge in self._names.items() if given[name] is not None},
        }  # fmt: skip
