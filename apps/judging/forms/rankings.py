"""How comparisons become ranks, and which answers are near-identical."""

from typing import Any, Self

from django import forms
from django.http import QueryDict

from apps.judging import queries
from domain.scoring import fusion
from domain.scoring.rankings import Method, Ties

METHODS = [
    (Method.BRADLEY_TERRY.value, "strength after Bradley and Terry"),
    (Method.WIN_RATE.value, "win rate, each opponent alike"),
    (Method.BORDA.value, "opponents beaten (Borda)"),
]
TIES = [
    (Ties.HALF.value, "the better takes all, a tie is half each"),
    (Ties.LEFT_OUT.value, "the better takes all, ties are left out"),
    (Ties.DEGREE.value, "by degree, as the score of the pair says"),
]


class SmoothingForm(forms.Form):
    """Which answers to a prompt are near-identical."""

    neighbours = forms.IntegerField(
        label="Neighbours at most", min_value=1, max_value=fusion.MOST_NEIGHBOURS, required=False,
        initial=fusion.NEIGHBOURS,
    )  # fmt: skip
    alike = forms.FloatField(
        label="Likeness from", min_value=0.01, max_value=1, required=False, initial=fusion.NEAREST,
        help_text="Cosine of the words they use; 1 is the same words.",
    )  # fmt: skip

    @classmethod
    def asked(cls, query: QueryDict) -> Self:
        """The form as it was asked for, what was left out as it is without asking."""
        usual = {name: field.initial for name, field in cls.base_fields.items()}
        return cls(usual | {name: value for name, value in query.items() if name in usual})

    def settings(self) -> queries.RankingSettings:
        """What was typed, and what holds for the rest; raises Invalid where it cannot be."""
        chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if "method" in chosen:
            chosen["method"] = Method(chosen["method"])
        if "ties" in chosen:
            chosen["ties"] = Ties(chosen["ties"])
        return queries.RankingSettings(**chosen)


class RankingForm(SmoothingForm):
    """How comparisons become ranks."""

    method = forms.ChoiceField(label="Score", choices=METHODS, required=False, initial=Method.BRADLEY_TERRY.value)
    ties = forms.ChoiceField(label="A comparison counts", choices=TIES, required=False, initial=Ties.HALF.value)
    room = forms.FloatField(
        label="A tie below", min_value=0, max_value=0.99, required=False, initial=0.0,
        help_text="Differences up to this are ties.",
    )  # fmt: skip

    field_order = ("method", "ties", "room", "neighbours", "alike")
