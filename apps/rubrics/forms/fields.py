"""Fields that several forms share, and how faults of a document find their field."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from domain import errors


class JsonField(forms.CharField):
    """A JSON object typed as text; empty means none."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"})

    def prepare_value(self, value: Any) -> Any:
        """Show an object as text."""
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def clean(self, value: Any) -> dict[str, Any] | None:
        """Read the object."""
        text = super().clean(value)
        if not text:
            return None
        try:
            found = json.loads(text)
        except ValueError as error:
            raise ValidationError(f"This is not JSON: {error}.") from error
        if not isinstance(found, dict):
            raise ValidationError('Write a JSON object such as {"kind": "words", "min": 50}.')
        return found


def typed(number: float) -> str:
    """A number as a person would type it: all its digits, no trailing zero."""
    return str(int(number)) if number.is_integer() else repr(number)


def whole(text: str) -> int | None:
    """A number of a version or row from a query string, none where it is no such number."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def lines(rows: int = 2, **attrs: Any) -> forms.Textarea:
    """A text area that starts with this many rows and grows."""
    return forms.Textarea(attrs={"rows": rows, **attrs})


def number_input(**attrs: Any) -> forms.NumberInput:
    """A narrow input for numbers with any fraction."""
    return forms.NumberInput(attrs={"step": "any", "class": "num-in", **attrs})


def add_problems(form: forms.BaseForm, error: errors.StudioError, fields: Mapping[str, str]) -> None:
    """Put each problem of a refused document at the field its pointer names, the rest above the form."""
    problems = error.problems if isinstance(error, errors.Invalid) else ()
    for problem in problems:
        keys = [part for part in problem.pointer.split("/") if part in fields]
        form.add_error(fields[keys[0]] if keys else None, problem.message)
    if not problems:
        form.add_error(None, error.message)
