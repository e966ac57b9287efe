"""What to export for training: from what, by which rule, under which name."""

from typing import Any

from django import forms

from apps.accounts.permissions import Actor
from apps.judging.queries import Side
from apps.training import queries
from apps.training.forms import refusals
from domain import errors, selection
from domain.selection import Setting, Sort


class ExportForm(forms.Form):
    """An export; which settings there are depends on its kind and on the run."""

    source = forms.ChoiceField(label="From", help_text="A run with its judge and rubric, and the data set it judged.")
    kind = forms.ChoiceField(label="What a row is", widget=forms.RadioSelect)
    name = forms.CharField(max_length=200, required=False, help_text="Made of the kind and the run where left empty.")
    non_commercial = forms.BooleanField(required=False, label="This training is not commercial")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.sides = {side.ref: side for side in queries.export_sources(actor)}
        self._choices("source", [(ref, str(side)) for ref, side in self.sides.items()])
        self._choices("kind", [(about.name, about.title) for about in selection.KINDS.values()])
        self.side = self.sides.get(self.chosen("source")) or next(iter(self.sides.values()), None)
        kind = self.chosen("kind")
        self.about = selection.KINDS.get(kind) or next(iter(selection.KINDS.values()))
        if not self.is_bound:
            self.initial.update(kind=self.about.name, source=self.side.ref if self.side else "")
        for one in self.about.settings:
            self.fields[self.field_name(one.name)] = self._field(one)
        self.fields["shown"] = forms.CharField(required=False, initial=self.about.name, widget=forms.HiddenInput)
        if self.side is None or not self._is_non_commercial(self.side):
            del self.fields["non_commercial"]

    def field_name(self, setting: str) -> str:
        """A setting as a field: kinds share names but not values."""
        return f"{self.about.name}-{setting}"

    def chosen(self, name: str) -> str:
        """What is chosen now, whether the form was sent or only shown."""
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    def kinds(self) -> list[tuple[Any, selection.About]]:
        """Each kind as its radio button and what it is for."""
        return list(zip(self["kind"], selection.KINDS.values(), strict=True))

    def settings(self) -> list[forms.BoundField]:
        """The settings of the chosen kind."""
        return [self[self.field_name(one.name)] for one in self.about.settings]

    def rule(self) -> dict[str, Any]:
        """The rule as services take it."""
        given = {one.name: self.cleaned_data.get(self.field_name(one.name)) for one in self.about.settings}
        return {name: None if value == "" else value for name, value in given.items()}

    def wish(self) -> dict[str, Any]:
        """What the service is asked for; to be called where the form is valid."""
        given = self.cleaned_data
        return {
            "side": self.sides[given["source"]], "kind": given["kind"], "rule": self.rule(), "name": given["name"],
            "non_commercial": bool(given.get("non_commercial")),
        }  # fmt: skip

    def take(self, error: errors.StudioError) -> None:
        """Show a refusal at the field it is about, else above the form."""
        refusals.place(self, error, self._named)

    def _named(self, pointer: str) -> str:
        if pointer.startswith("/rule/"):
            return self.field_name(pointer.removeprefix("/rule/"))
        return pointer.removeprefix("/")

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _field(self, one: Setting) -> forms.Field:
        own: dict[str, Any] = {"label": one.title, "help_text": one.note, "initial": one.default, "required": False}
        if one.sort is Sort.YES:
            return forms.BooleanField(**own)
        if one.sort is Sort.CHOICE:
            return forms.ChoiceField(**own | {"choices": one.choices, "required": True})
        if one.sort is Sort.VERSION:
            return forms.ChoiceField(**own | {"choices": [("", "choose one"), *self._versions()]})
        if one.sort is Sort.RUN:
            return forms.ChoiceField(**own | {"choices": [("", "none"), *self._others()]})
        bounds = {"min_value": one.low, "max_value": one.high, "required": one.default is not None}
        return (forms.IntegerField if one.sort is Sort.WHOLE else _Number)(**own | bounds)

    def _versions(self) -> list[tuple[str, str]]:
        versions = self.side.run.versions.all() if self.side else []
        return [(str(version), str(version)) for version in versions]

    def _others(self) -> list[tuple[str, str]]:
        """Other runs over the same data set."""
        if self.side is None:
            return []
        return [
            (ref, str(side))
            for ref, side in self.sides.items()
            if side.run.pk != self.side.run.pk and side.run.dataset_id == self.side.run.dataset_id
        ]

    @staticmethod
    def _is_non_commercial(side: Side) -> bool:
        return side.run.dataset is not None and selection.terms(side.run.dataset.licence).non_commercial


class _Number(forms.FloatField):
    widget = forms.NumberInput(attrs={"step": "any"})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Any step: bands may end anywhere."""
        return {**super().widget_attrs(widget), "step": "any"}
