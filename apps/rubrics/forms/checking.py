"""Setting up and trying a check: a form made from what the check asks for."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.rubrics.forms.fields import JsonField, lines
from domain import checks, errors
from domain.checks import Input, Parameter

ROLES = [
    ("first", "comes first; the judge is asked where it cannot tell"),
    ("alone", "decides alone, without a judge"),
]
MAX_TEXT = 1_000_000


class LinesField(forms.CharField):
    """A list, one entry a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        """Read the lines that hold something."""
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class TableField(forms.CharField):
    """Pairs, one a line, with = between the two."""

    widget = forms.Textarea(attrs={"rows": 4, "placeholder": "France = Paris"})

    def prepare_value(self, value: Any) -> Any:
        """Show pairs as lines."""
        return "\n".join(f"{key} = {said}" for key, said in value.items()) if isinstance(value, dict) else value

    def clean(self, value: Any) -> dict[str, str]:
        """Read the pairs."""
        rows = [line.partition("=") for line in str(super().clean(value)).splitlines() if line.strip()]
        if any(not key.strip() or not said.strip() for key, _, said in rows):
            raise ValidationError("Write a thing, =, and its value on each line.")
        return {key.strip(): said.strip() for key, _, said in rows}


class CheckForm(forms.Form):
    """The parameters of one check, and an answer to try it on."""

    role = forms.ChoiceField(choices=ROLES, label="The check", required=False)
    response = forms.CharField(
        required=False, max_length=MAX_TEXT, strip=False, widget=lines(6), label="Answer to try it on"
    )
    reference = forms.CharField(
        required=False, max_length=MAX_TEXT, strip=False, widget=lines(2), label="Reference answer"
    )

    def __init__(self, *args: Any, offer: checks.Offer, spec: Mapping[str, Any] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        said = offer.values(spec) if spec and checks.name_of(spec) == offer.name else {}
        for parameter in offer.parameters:
            self.fields[f"p_{parameter.name}"] = _field(parameter)
            self.initial[f"p_{parameter.name}"] = said.get(parameter.name, parameter.default)

    @property
    def parameters(self) -> list[forms.BoundField]:
        """The fields of the check itself."""
        return [self[f"p_{parameter.name}"] for parameter in self.offer.parameters]

    def spec(self) -> dict[str, Any]:
        """The specification as typed."""
        return self.offer.spec({one.name: self.cleaned_data[f"p_{one.name}"] for one in self.offer.parameters})

    def clean(self) -> dict[str, Any]:
        """What the fields hold has to make a check."""
        found = super().clean() or {}
        if not self.errors:
            try:
                checks.validate(self.spec())
            except errors.Invalid as error:
                for problem in error.problems:
                    self.add_error(self._place(problem.pointer), problem.message)
        return found

    def _place(self, pointer: str) -> str | None:
        known = [step for step in pointer.split("/") if f"p_{step}" in self.fields]
        return f"p_{known[0]}" if known else None


def as_json(spec: Mapping[str, Any]) -> str:
    """A specification as an expert reads it."""
    return json.dumps(spec, ensure_ascii=False, indent=1)


def _field(one: Parameter) -> forms.Field:
    about: dict[str, Any] = {"label": one.title, "help_text": one.help, "required": one.required}
    low, high = one.low, one.high
    if one.input is Input.INTEGER:
        least, most = (None if bound is None else int(bound) for bound in (low, high))
        return forms.IntegerField(min_value=least, max_value=most, **about)
    if one.input is Input.NUMBER:
        return forms.FloatField(min_value=low, max_value=high, widget=forms.NumberInput(attrs={"step": "any"}), **about)
    if one.input is Input.CHOICE:
        empty = [] if one.required or one.default is not None else [("", "not said")]
        choices = [*empty, *((name, name.replace("_", " ")) for name in one.choices)]
        return forms.ChoiceField(choices=choices, **about)
    if one.input is Input.YES_NO:
        return forms.BooleanField(**{**about, "required": False})
    if one.input is Input.LONG:
        return forms.CharField(strip=False, widget=lines(6, spellcheck="false"), **about)
    other = {Input.LIST: LinesField, Input.TABLE: TableField, Input.JSON: JsonField}
    return other.get(one.input, forms.CharField)(**about)
