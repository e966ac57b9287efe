"""What may be suggested beside a version: other words, weights, criteria less and more."""

from typing import Any

from django import forms

from apps.rubrics.forms.fields import lines, number_input, typed
from domain import rubric


class SuggestForm(forms.Form):
    """One text, weight and removal for each criterion, and lines to add."""

    title = forms.CharField(required=False, max_length=200, label="In a few words")
    note = forms.CharField(required=False, max_length=5_000, widget=lines(2), label="Why")
    added = forms.CharField(
        required=False, max_length=100_000, widget=lines(3), label="New criteria", help_text="One a line."
    )

    def __init__(self, *args: Any, document: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        for n, criterion in enumerate(document["criteria"]):
            self.fields[f"text-{n}"] = forms.CharField(
                max_length=20_000, widget=lines(2), initial=criterion["text"], label=f"Criterion {n + 1}"
            )
            self.fields[f"weight-{n}"] = forms.FloatField(
                min_value=0, max_value=rubric.MAX_WEIGHT, initial=typed(criterion["weight"]), label="Weight",
                widget=number_input(min=0),
            )  # fmt: skip
            self.fields[f"remove-{n}"] = forms.BooleanField(required=False, label="Remove it")

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each criterion."""
        return [
            (self[f"text-{n}"], self[f"weight-{n}"], self[f"remove-{n}"]) for n in range(len(self.document["criteria"]))
        ]

    def wanted(self) -> dict[str, Any]:
        """The document as the person would have it."""
        given = self.cleaned_data
        kept = [
            {**criterion, "text": self._text(n, criterion["text"]), "weight": given[f"weight-{n}"]}
            for n, criterion in enumerate(self.document["criteria"])
            if not given[f"remove-{n}"]
        ]
        new = [{"text": line.strip()} for line in given["added"].splitlines() if line.strip()]
        return {**self.document, "criteria": [*kept, *new]}

    def _text(self, n: int, said: str) -> str:
        """A text that only came back with other line ends stays as it is."""
        text: str = self.cleaned_data[f"text-{n}"].replace("\r\n", "\n")
        return said if text.strip() == said.replace("\r\n", "\n").strip() else text
