"""The standards matrix: which axes it shows, and a reference profile."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.rubrics.forms.fields import lines
from domain import standards

AXES = [(axis, axis) for axis in standards.AXES]


class MatrixForm(forms.Form):
    """Two axes, a filter on the third, and the cell that is open."""

    rows = forms.ChoiceField(choices=AXES, required=False)
    columns = forms.ChoiceField(choices=AXES, required=False)
    third = forms.CharField(required=False, max_length=200)
    row = forms.CharField(required=False, max_length=200)
    column = forms.CharField(required=False, max_length=200)

    def wanted(self) -> dict[str, Any]:
        """What to show; axes that cannot be fall back to dimension by scenario."""
        said = self.cleaned_data if self.is_valid() else {}
        rows, columns = said.get("rows") or "dimension", said.get("columns") or "scenario"
        if rows == columns:
            rows, columns = "dimension", "scenario"
        opened = "row" in self.data and "column" in self.data
        return {
            "rows": rows,
            "columns": columns,
            "third": said.get("third") or None,
            "row": said.get("row", "") if opened else None,
            "column": said.get("column", "") if opened else None,
        }


class ReferenceForm(forms.Form):
    """What the dimensions should weigh in a scenario and discipline."""

    scenario = forms.CharField(required=False, max_length=200, help_text="Empty: all scenarios.")
    discipline = forms.CharField(required=False, max_length=200, help_text="Empty: all disciplines.")
    weights = forms.CharField(
        required=False, max_length=5_000, widget=lines(4), label="Weight of each dimension",
        help_text="One a line, such as safety = 3. Without any the profile is removed.",
    )  # fmt: skip

    def clean_weights(self) -> dict[str, float]:
        """Read the lines."""
        found: dict[str, float] = {}
        for line in self.cleaned_data["weights"].splitlines():
            if not line.strip():
                continue
            name, _, number = line.rpartition("=")
            try:
                found[name.strip()] = float(number)
            except ValueError as error:
                raise ValidationError(f"“{line[:80]}” is not of the form dimension = number.") from error
            if not name.strip():
                raise ValidationError("Name the dimension before the equals sign.")
        return found
