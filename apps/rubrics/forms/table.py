"""What may be typed in the table itself: one cell, a new row, and a change of several rows at once."""

import re
from typing import Any

from django import forms

from apps.rubrics.forms.criterion import EVIDENCE, GATES, KINDS, POLARITIES, TAGS, TIERS, gate_of
from apps.rubrics.forms.fields import lines, number_input
from apps.rubrics.forms.rows import starting_parts
from domain import errors, rubric, standards

KEEP = ("", "leave as it is")
ANCHOR = re.compile(r"anchor_[0-9]{1,3}")
EFFECTS = [("limit", "the score is at most"), ("set", "the score is exactly")]


class NarrowForm(forms.Form):
    """Which criteria of the table are shown: those with these words, and with these tags.

    A tag of the axis is meant by its name, no tag by a lone space, which no tag can be.
    """

    find = forms.CharField(required=False, max_length=200, label="With the words")
    dimension = forms.CharField(required=False, max_length=500, strip=False)
    scenario = forms.CharField(required=False, max_length=500, strip=False)
    discipline = forms.CharField(required=False, max_length=500, strip=False)

    def wanted(self) -> tuple[str, dict[str, str]]:
        """The words, and the tag wanted on each axis that matters, "" for criteria without one; faults want nothing."""
        said = self.cleaned_data if self.is_valid() else {}
        tags = {axis: said[axis].strip() for axis in standards.AXES if said.get(axis)}
        return said.get("find", ""), tags


class CellForm(forms.Form):
    """The fields of a criterion that are edited in its row; only those that were sent count."""

    text = forms.CharField(max_length=20_000, widget=lines(1))
    weight = forms.FloatField(min_value=-rubric.MAX_WEIGHT, max_value=rubric.MAX_WEIGHT, widget=number_input())
    tier = forms.ChoiceField(choices=TIERS, required=False)
    polarity = forms.ChoiceField(choices=POLARITIES, label="Counts")
    kind = forms.ChoiceField(choices=KINDS)
    gate_when = forms.ChoiceField(choices=GATES, required=False, label="Gate")
    gate_value = forms.FloatField(
        required=False, min_value=0, max_value=1, widget=number_input(placeholder="0.5"), label="Value of the gate"
    )
    gate_effect = forms.ChoiceField(choices=EFFECTS, required=False, label="Then")
    gate_floor = forms.FloatField(
        required=False, min_value=-1, max_value=1, widget=number_input(placeholder="0"), label="Score of the gate"
    )
    evidence = forms.ChoiceField(choices=EVIDENCE)
    group = forms.ChoiceField(required=False)
    dimension = forms.CharField(required=False, max_length=500)
    scenario = forms.CharField(required=False, max_length=500)
    discipline = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "no group"), *groups]
        if self.is_bound:
            for name in set(self.fields) - set(self.data):
                del self.fields[name]
            for name in filter(ANCHOR.fullmatch, self.data):
                self.fields[name] = forms.CharField(required=False, max_length=20_000, label="Anchor")

    def changes(self, criterion: dict[str, Any]) -> dict[str, Any]:
        """What was typed, as keys of the document; what a kind needs comes with it."""
        said = self.cleaned_data
        given: dict[str, Any] = {key: said[key] for key in ("text", "polarity", "evidence") if key in said}
        given |= {key: said[key] or None for key in ("tier", "group") if key in said}
        if anchors := {int(name.removeprefix("anchor_")): said[name] for name in said if ANCHOR.fullmatch(name)}:
            given["levels"] = _anchored(criterion["levels"], anchors)
        if "weight" in said:
            given["weight"] = abs(said["weight"])
            if said["weight"] < 0:
                given["polarity"] = "negative"
        if "kind" in said and said["kind"] != criterion["kind"]:
            given |= {"kind": said["kind"], **starting_parts(said["kind"])}
        if "gate_when" in said:
            given["gate"] = gate_of(
                said["gate_when"],
                value=said.get("gate_value"),
                floor=said.get("gate_floor"),
                override=said.get("gate_effect") == "set",
            )
        if tags := {key: said[key] for key in TAGS if key in said}:
            given["tags"] = {key: value for key, value in {**criterion["tags"], **tags}.items() if value}
        return given

    def sentence(self) -> str:
        """The first fault, for a notice."""
        return next((str(faults[0]) for faults in self.errors.values()), "Nothing was typed.")


def _anchored(levels: Any, anchors: dict[int, str]) -> list[dict[str, Any]]:
    if not isinstance(levels, list) or max(anchors) >= len(levels):
        raise errors.Conflict("The levels were changed meanwhile. Open all fields to see them.", code="levels_changed")
    return [{**level, "anchor": anchors.get(n, level["anchor"])} for n, level in enumerate(levels)]


class BulkForm(forms.Form):
    """One change of all selected criteria; what is left empty stays."""

    weight = forms.FloatField(
        required=False, min_value=0, max_value=rubric.MAX_WEIGHT, widget=number_input(min=0), label="Set weight"
    )
    factor = forms.FloatField(
        required=False, min_value=0, max_value=1000, widget=number_input(min=0), label="Multiply weight by"
    )
    tier = forms.ChoiceField(choices=[KEEP, *((v or "none", label) for v, label in TIERS)], required=False)
    polarity = forms.ChoiceField(choices=[KEEP, *POLARITIES], required=False, label="Counts")
    evidence = forms.ChoiceField(choices=[KEEP, *EVIDENCE], required=False)
    dimension = forms.CharField(required=False, max_length=500, label="Dimension tag")
    scenario = forms.CharField(required=False, max_length=500, label="Scenario tag")
    discipline = forms.CharField(required=False, max_length=500, label="Discipline tag")
    to_group = forms.ChoiceField(required=False, label="Move to group")
    new_group = forms.CharField(required=False, max_length=500, label="Or together into a new group")

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "bulk_%s")
        super().__init__(*args, **kwargs)
        field = self.fields["to_group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [KEEP, ("-", "no group"), *((f"={name}", title) for name, title in groups)]

    def changes(self) -> dict[str, Any]:
        """The keys to set on every selected criterion."""
        said = self.cleaned_data
        given: dict[str, Any] = {key: said[key] for key in ("polarity", "evidence") if said[key]}
        if said["tier"]:
            given["tier"] = None if said["tier"] == "none" else said["tier"]
        if said["weight"] is not None:
            given["weight"] = said["weight"]
        if tags := {key: said[key] for key in TAGS if said[key]}:
            given["tags"] = tags
        return given

    def sentence(self) -> str:
        """The first fault, for a notice."""
        first = next(iter(self.errors.values()))
        return str(first[0])


def refused(form: CellForm | BulkForm) -> errors.Invalid:
    """The fault of a form without a page of its own."""
    return errors.Invalid(form.sentence(), code="cell_invalid")
