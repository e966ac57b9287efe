"""Rows inside the form of a criterion: levels and examples, added, moved and taken away on the page."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.rubrics.forms.fields import lines, number_input, typed

STARTING_LEVELS = [("not met", 0.0), ("partly met", 0.5), ("met", 1.0)]
EXAMPLES = [("1", "meets it"), ("0.5", "borderline"), ("0", "fails it")]
NUGGETS = [("1", "full support"), ("0.5", "partial support"), ("0", "no support")]


class LevelForm(forms.Form):
    """One level of an ordinal criterion; a row with neither label nor anchor counts as empty."""

    label = forms.CharField(max_length=500)
    value = forms.FloatField(min_value=0, max_value=1, widget=number_input(min=0, max=1))
    anchor = forms.CharField(required=False, max_length=20_000, widget=lines(1), label="What it looks like")

    def has_changed(self) -> bool:
        """Whether somebody wrote something in this row."""
        return bool({"label", "anchor"} & set(self.changed_data))


class ExampleForm(forms.Form):
    """One example answer with what an expert says about it; a row without text and note counts as empty."""

    value = forms.FloatField(required=False, min_value=0, max_value=1, widget=forms.Select, label="Kind")
    text = forms.CharField(max_length=20_000, widget=lines(1), label="Example")
    note = forms.CharField(required=False, max_length=20_000, widget=lines(1), label="Why")

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]] = EXAMPLES, **kwargs: Any) -> None:
        if (given := (kwargs.get("initial") or {}).get("value")) is not None:
            kwargs["initial"] = {**kwargs["initial"], "value": typed(float(given))}
        super().__init__(*args, **kwargs)
        said = str(self["value"].value() or "")
        known = {value for value, _ in kinds}
        own = [(said, f"value {said}")] if said and said not in known else []
        widget = self.fields["value"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = [("", "not said"), *kinds, *own]

    def has_changed(self) -> bool:
        """Whether somebody wrote something in this row."""
        return bool({"text", "note"} & set(self.changed_data))


class Rows(forms.BaseFormSet[forms.Form]):
    """Rows of which any may be left empty or taken away; of what was sent no row has to be as it was before."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            kwargs["initial"] = None
        super().__init__(data, **kwargs)

    def initial_form_count(self) -> int:
        """What was sent counts alone."""
        return 0 if self.is_bound else super().initial_form_count()


LevelFormSet = forms.formset_factory(LevelForm, formset=Rows, extra=1, max_num=9, absolute_max=30)
ExampleFormSet = forms.formset_factory(ExampleForm, formset=Rows, extra=1, max_num=50, absolute_max=60)


def example_kinds(criterion: dict[str, Any]) -> list[tuple[str, str]]:
    """What an example can be for a criterion: one of its levels, a degree of support, or met and failed."""
    if isinstance(criterion["levels"], list):
        return [(typed(float(level["value"])), level["label"]) for level in reversed(criterion["levels"])]
    return NUGGETS if criterion["kind"] == "nugget" else EXAMPLES


def starting_parts(kind: str) -> dict[str, Any]:
    """Levels and check that a criterion starts with when it becomes of this kind."""
    levels: Any = None
    if kind == "ordinal":
        levels = [{"label": label, "value": value, "anchor": ""} for label, value in STARTING_LEVELS]
    elif kind == "numeric":
        levels = {"min": 0.0, "max": 4.0, "step": 1.0}
    return {"levels": levels, "check": {"kind": "words", "min": 1} if kind == "check" else None}
