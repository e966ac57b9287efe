"""With what a run is scored again."""

from typing import Any

from django import forms

from apps.judging import queries


class RescoreForm(forms.Form):
    """With what a run is scored again; everything left out is as it was judged."""

    version = forms.ChoiceField(
        label="Version", required=False, help_text="It may ask nothing that this run did not judge."
    )
    profile = forms.ChoiceField(
        label="Profile", required=False, help_text="Its weights take the place of the rubric’s."
    )
    calibrations = forms.MultipleChoiceField(
        label="Calibrations", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Values as often true as they say, by what people settled.",
    )  # fmt: skip

    def __init__(self, *args: Any, choices: queries.RescoreChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices = choices
        self._offer("version", "as it was judged", [(str(row.pk), str(row)) for row in choices.versions])
        self._offer("profile", "the version’s own weights", [(str(row.pk), str(row)) for row in choices.profiles])
        field = self.fields["calibrations"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (one.digest, f"{one.inputs.get('judge', '')} {one.digest[7:15]}") for one in choices.calibrations
        ]
        if not choices.calibrations:
            del self.fields["calibrations"]

    def _offer(self, name: str, none: str, rows: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", none), *rows]

    def chosen(self) -> dict[str, Any]:
        """What the service takes."""
        given, found = self.cleaned_data, self._choices
        return {
            "version": next((one for one in found.versions if str(one.pk) == given["version"]), None),
            "profile": next((one for one in found.profiles if str(one.pk) == given["profile"]), None),
            "artefacts": [one for one in found.calibrations if one.digest in given.get("calibrations", [])],
        }
