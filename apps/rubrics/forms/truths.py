"""What may be typed in the truth table: a row of settings and what the score must be then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.rubrics.forms.fields import number_input, typed
from apps.rubrics.forms.rows import Rows
from domain import rubric

NAMES = {
    "met": 1.0, "not met": 0.0, "best": "best", "worst": "worst", "unscored": "unscored",
    "not applicable": "not_applicable", "any": "any",
}  # fmt: skip
EXPECTED = [
    ("equals", "is exactly"),
    ("at_least", "is at least"),
    ("at_most", "is at most"),
    ("between", "lies between"),
    ("no_reward", "is withheld: no reward"),
    ("above", "is above that of"),
    ("below", "is below that of"),
    ("same_as", "is the same as that of"),
]
BESIDE = {"above", "below", "same_as"}
STARTS = [
    ("failed", "one criterion at its worst: the score is at most 0"),
    ("best", "all at their best: the score is 1"),
    ("unscored", "nothing judged: no reward"),
    ("bounds", "whatever the verdicts: the score stays in bounds"),
    ("better", "two rows: the better answer scores higher"),
]


@dataclass(frozen=True)
class Column:
    """A criterion of the table: the key that names its fields, its number, or that it is gone, its id and text."""

    key: str
    number: str
    id: str
    text: str


class SettingField(forms.CharField):
    """A setting as a word or a number; empty as the column of all others says."""

    widget = forms.TextInput(attrs={"list": "truth-settings", "class": "setting", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """Read the setting."""
        text = " ".join(str(super().clean(value)).lower().replace("_", " ").split())
        if not text or text in NAMES:
            return NAMES.get(text)
        number = _number(text)
        if number is None or not 0 <= number <= 1:
            known = ", ".join(NAMES)
            raise ValidationError(f"Write a number from 0 to 1 or one of: {known}.")
        return number


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


class TruthForm(forms.Form):
    """One row; criteria without a setting of their own have that of all others."""

    id = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    title = forms.CharField(required=False, max_length=200)
    others = SettingField(required=False, max_length=20)
    kind = forms.ChoiceField(choices=EXPECTED, label="Score")
    value = forms.FloatField(required=False, widget=number_input(placeholder="0"))
    high = forms.FloatField(required=False, widget=number_input(placeholder="1"))
    row = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, columns: Sequence[Column], rows: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        for column in columns:
            self.fields[f"c-{column.key}"] = SettingField(
                required=False,
                max_length=20,
                label=f"Criterion {column.number}",
                widget=forms.TextInput(attrs={**SettingField.widget.attrs, "placeholder": "as others"}),
            )
        field = self.fields["row"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "choose a row"), *rows]

    @property
    def cells(self) -> list[forms.BoundField]:
        """The fields of the criteria, in the order of the columns."""
        return [self[f"c-{column.key}"] for column in self.columns]

    @property
    def numbers(self) -> list[tuple[forms.BoundField, str]]:
        """What belongs to the kinds of promise, with the name under which the page shows or hides it."""
        return [(self["value"], "value"), (self["high"], "high"), (self["row"], "row")]

    def has_changed(self) -> bool:
        """Every row that was sent counts, also one that says little."""
        return True

    def clean(self) -> dict[str, Any]:
        """What a kind needs must be there."""
        said = super().clean() or {}
        kind = said.get("kind")
        if kind in BESIDE and not said.get("row"):
            self.add_error("row", "Choose the row to compare with.")
        low, high = said.get("value") or 0.0, said.get("high")
        if kind == "between" and high is not None and low > high:
            self.add_error("high", "The upper bound lies below the lower one.")
        return said

    def document(self) -> dict[str, Any]:
        """The row as the document has it."""
        said = self.cleaned_data
        settings = {column.id: said[f"c-{column.key}"] for column in self.columns}
        return {
            "id": said["id"],
            "title": said["title"],
            "when": {name: value for name, value in settings.items() if value is not None},
            "others": "any" if said["others"] is None else said["others"],
            "expect": self._expected(said),
        }

    def _expected(self, said: Mapping[str, Any]) -> dict[str, Any]:
        kind, value = said["kind"], said["value"] or 0.0
        if kind in BESIDE:
            return {"kind": kind, "row": said["row"]}
        if kind == "between":
            return {"kind": kind, "low": value, "high": max(value, 1.0) if said["high"] is None else said["high"]}
        return {"kind": kind} if kind == "no_reward" else {"kind": kind, "value": value}


TruthFormSet = forms.formset_factory(TruthForm, formset=Rows, extra=0, max_num=50, absolute_max=60)


def truths_from(rows: Any) -> list[dict[str, Any]]:
    """Rows that were read without fault, as the document has them."""
    return [row.document() for row in rows]


def truth_initial(row: rubric.Truth, columns: Sequence[Column]) -> dict[str, Any]:
    """What the form shows of a row."""
    expect = row.expect
    shown: dict[str, Any] = {"id": row.id, "title": row.title, "others": shown_setting(row.others), "kind": expect.kind}
    shown |= {f"c-{one.key}": shown_setting(row.when[one.id]) for one in columns if one.id in row.when}
    if isinstance(expect, rubric.Beside):
        shown["row"] = expect.row
    elif isinstance(expect, rubric.Between):
        shown |= {"value": typed(expect.low), "high": typed(expect.high)}
    elif isinstance(expect, rubric.Within):
        shown["value"] = typed(expect.value)
    return shown


def shown_setting(value: rubric.Setting) -> str:
    """A setting as a person types it."""
    return next(
        (name for name, known in NAMES.items() if known == value), typed(value) if isinstance(value, float) else value
    )
