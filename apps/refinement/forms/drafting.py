"""By which method, from what, by which models, within what budget criteria are drafted or refined."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms

from apps.judging.models import JudgeVersion
from apps.refinement.forms import needs
from domain.refinement.loop import Method, Need, Param

BUDGET = ("calls", "tokens", "minutes")
SAME = ""


class DraftForm(forms.Form):
    """What the method needs, its settings, the models, and how much it may cost."""

    judge = forms.ChoiceField(label="Judge", help_text="It checks what is written. What comes of it depends on it.")
    writer = forms.ChoiceField(label="Writer", required=False, help_text="It writes. Another model may write better.")
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=2**31 - 1, initial=0,
        help_text="The same seed takes the same way, and asks nothing again that was answered.",
    )  # fmt: skip
    calls = forms.IntegerField(label="Calls at most", min_value=1, max_value=100_000_000, initial=200)
    tokens = forms.IntegerField(label="Tokens at most", min_value=1, max_value=100_000_000, initial=400_000)
    minutes = forms.IntegerField(
        label="Minutes at most", min_value=1, max_value=100_000_000, initial=120, help_text="Of the models' time."
    )

    def __init__(
        self, *args: Any, method: Method, offered: needs.Offered, judges: list[JudgeVersion], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        asked: needs.Fields = {}
        for need in sorted(method.needs):
            asked |= needs.FIELDS[need](offered) if need in needs.FIELDS else {}
        if Need.POLICY in method.needs:
            asked.pop("weak", None)
        self._asked = tuple(asked)
        settings = {one.name: _field(one) for one in method.params}
        self.fields = {**asked, **settings, **self.fields}
        models = [(str(one), f"{one}, {one.model}") for one in judges]
        cast("forms.ChoiceField", self.fields["judge"]).choices = models
        cast("forms.ChoiceField", self.fields["writer"]).choices = [(SAME, "The same model"), *models]

    @property
    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields under their titles."""
        settings = [one.name for one in self.method.params]
        for title, names in (
            ("From what", self._asked), ("How", [*settings, "seed"]), ("By whom", ("judge", "writer")),
            ("How much", BUDGET),
        ):  # fmt: skip
            if names:
                yield title, [self[name] for name in names]

    @property
    def inputs(self) -> dict[str, Any]:
        """What was said to the needs."""
        return {name: self.cleaned_data[name] for name in self._asked}

    @property
    def params(self) -> dict[str, Any]:
        """The settings of the method."""
        return {one.name: self.cleaned_data[one.name] for one in self.method.params}

    @property
    def budget(self) -> dict[str, int]:
        """How much it may cost."""
        return {name: self.cleaned_data[name] for name in BUDGET}

    @property
    def lacking(self) -> str:
        """What has to be there first: the name of a field that offers nothing, or empty."""
        chosen = [name for name, field in self.fields.items() if isinstance(field, forms.ChoiceField)]
        return next((name for name in chosen if not cast("forms.ChoiceField", self.fields[name]).choices), "")


class AnswerForm(forms.Form):
    """What a person answers to a question of a draft."""

    key = forms.CharField(max_length=200, widget=forms.HiddenInput)
    text = forms.CharField(label="Your answer", max_length=5_000, widget=forms.Textarea(attrs={"rows": 3}))


def _field(one: Param) -> forms.Field:
    if one.whole:
        return forms.IntegerField(
            label=one.title, min_value=int(one.low), max_value=int(one.high), initial=int(one.default),
            help_text=one.help,
        )  # fmt: skip
    return forms.FloatField(
        label=one.title, min_value=one.low, max_value=one.high, initial=one.default, help_text=one.help
    )
