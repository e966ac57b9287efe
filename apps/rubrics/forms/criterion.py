"""The form of one criterion, with its levels and examples."""

from typing import Any

from django import forms

from apps.rubrics.forms.fields import JsonField, add_problems, lines, number_input, typed
from apps.rubrics.forms.rows import ExampleFormSet, LevelFormSet, example_kinds, starting_parts
from domain import checks, errors, rubric, writing

KINDS = [
    ("binary", "binary: yes or no"),
    ("ordinal", "ordinal: described levels"),
    ("numeric", "numeric: a scale"),
    ("nugget", "nugget: full, partial or no support"),
    ("answer", "answer: equal to the reference answer"),
    ("check", "computed: no model needed"),
]
# Kinds that a check decides, alone or before a judge is asked.
CHECKED = ("check", "binary", "answer")
POLARITIES = [("positive", "adds when true"), ("negative", "pitfall: subtracts when true")]
NONE = ("", "not said")
TIERS = [NONE, ("essential", "essential"), ("important", "important"), ("optional", "optional")]
ROLES = [NONE, ("hard_rule", "hard rule"), ("principle", "principle")]
ASPECTS = [NONE, ("factual", "factual"), ("process", "process")]
EVIDENCE = [("required", "required"), ("optional", "optional"), ("none", "none")]
NEEDS = [("reference", "a reference answer"), ("context", "context"), ("tools", "tool calls")]
GATES = [("", "no gate"), ("below", "when the value is below"), ("above", "when the value is above")]
TAGS = ("dimension", "scenario", "discipline")
PLACES = {
    "text": "text", "weight": "weight", "gate": "gate_value", "levels": "kind", "check": "check",
    "applies_when": "applies_when", "needs": "needs", "notes": "notes", "group": "group", "tags": "dimension",
}  # fmt: skip


# Fields that have a part of the guide beside them; where several belong together the first one has it.
GUIDED = {
    "text": "text", "weight": "weight", "polarity": "polarity", "tier": "tier", "kind": "kind", "evidence": "evidence",
    "gate_when": "gate", "applies_when": "applies_when", "needs": "needs", "scale_min": "scale", "check": "check",
    "dimension": "tags", "role": "role", "notes": "notes",
}  # fmt: skip


class CriterionForm(forms.Form):
    """Every field of a criterion; `levels` and `examples` are formsets beside it."""

    text = forms.CharField(max_length=20_000, widget=lines(2), label="Criterion")
    kind = forms.ChoiceField(choices=KINDS)
    polarity = forms.ChoiceField(choices=POLARITIES, label="Counts")
    weight = forms.FloatField(min_value=0, max_value=rubric.MAX_WEIGHT, widget=number_input(min=0))
    tier = forms.ChoiceField(choices=TIERS, required=False)
    group = forms.ChoiceField(required=False)
    evidence = forms.ChoiceField(choices=EVIDENCE, help_text="Whether the judge must quote the answer.")
    role = forms.ChoiceField(choices=ROLES, required=False)
    aspect = forms.ChoiceField(choices=ASPECTS, required=False)
    gate_when = forms.ChoiceField(choices=GATES, required=False, label="Gate")
    gate_value = forms.FloatField(
        required=False, min_value=0, max_value=1, widget=number_input(placeholder="0.5"), label="this value"
    )
    gate_floor = forms.FloatField(
        required=False, min_value=-1, max_value=1, widget=number_input(placeholder="0"), label="the score is at most"
    )
    gate_override = forms.BooleanField(required=False, label="exactly that score, whatever the rest says")
    applies_when = forms.CharField(
        required=False,
        widget=lines(1),
        label="Applies only when",
        help_text="A condition for the judge, in words. Left empty: always.",
    )
    needs = forms.MultipleChoiceField(
        required=False, choices=NEEDS, widget=forms.CheckboxSelectMultiple, label="The judge needs to see"
    )
    scale_min = forms.FloatField(required=False, widget=number_input(), label="Scale from")
    scale_max = forms.FloatField(required=False, widget=number_input(), label="to")
    scale_step = forms.FloatField(required=False, widget=number_input(), label="in steps of")
    check = JsonField(required=False, label="Computed check", widget=forms.HiddenInput)
    dimension = forms.CharField(required=False, max_length=500)
    scenario = forms.CharField(required=False, max_length=500)
    discipline = forms.CharField(required=False, max_length=500)
    notes = forms.CharField(required=False, max_length=20_000, widget=lines(1), help_text="For people; never judged.")

    def __init__(self, *args: Any, criterion: dict[str, Any], groups: list[tuple[str, str]], **kwargs: Any) -> None:
        data = args[0] if args else kwargs.get("data")
        kwargs.setdefault("initial", initial_of(criterion))
        super().__init__(*args, **kwargs)
        self.criterion = criterion
        for field, part in GUIDED.items():
            setattr(self.fields[field], "guide", writing.BY_NAME[part])  # noqa: B010 (no attribute of a Django field)
        if self.condition:
            self.fields["applies_when"].widget = forms.HiddenInput()
        self.choices_of("group").choices = [("", "no group"), *groups]
        for axis in TAGS:
            self.fields[axis].widget.attrs["list"] = f"{self.prefix}-{axis}-tags"
        self.levels = LevelFormSet(data, prefix=f"{self.prefix}-levels", initial=_levels_of(criterion))
        self.examples = ExampleFormSet(
            data,
            prefix=f"{self.prefix}-examples",
            initial=criterion["examples"],
            form_kwargs={"kinds": example_kinds(criterion)},
        )
        self.level_problems: list[str] = []
        self.filled = False

    @property
    def check_said(self) -> str:
        """The check of the criterion in a line; set up on its own page."""
        spec = self.criterion["check"]
        return checks.summary(spec) if spec else ""

    @property
    def condition(self) -> str:
        """The computed condition in a line; empty where it is in words or where there is none."""
        said = self.criterion["applies_when"]
        return checks.summary(said["check"]) if isinstance(said, dict) and isinstance(said.get("check"), dict) else ""

    def choices_of(self, name: str) -> forms.ChoiceField:
        """The field as one with choices."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def is_valid(self) -> bool:
        """The form and both formsets; faults of a formset count."""
        return all([super().is_valid(), self.levels.is_valid(), self.examples.is_valid()])

    def changes(self) -> dict[str, Any]:
        """What was typed, as keys of the document."""
        said = self.cleaned_data
        plain = ("text", "kind", "polarity", "weight", "evidence", "needs", "notes")
        return {
            **{key: said[key] for key in plain},
            **{key: said[key] or None for key in ("tier", "role", "aspect", "group")},
            "gate": self._gate(),
            "applies_when": said["applies_when"],
            "tags": self._tags(),
            **self._parts(),
            "examples": [_example(row) for row in self.examples.cleaned_data if row],
        }

    def clean_applies_when(self) -> Any:
        """A condition in words, or a computed one as JSON."""
        text = self.cleaned_data["applies_when"]
        return JsonField().clean(text) if text.lstrip().startswith("{") else text or None

    def refuse(self, error: errors.StudioError) -> None:
        """Show why the document was refused; what is wrong with levels stands beside them."""
        if self.cleaned_data["kind"] == "ordinal" and isinstance(error, errors.Invalid):
            self.level_problems = [one.message for one in error.problems if "levels" in one.pointer.split("/")]
        if not self.level_problems:
            add_problems(self, error, PLACES)

    def _gate(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        return gate_of(
            said["gate_when"], value=said["gate_value"], floor=said["gate_floor"], override=said["gate_override"]
        )

    def _parts(self) -> dict[str, Any]:
        """Levels and check as typed; a criterion that has just become of a kind starts with what the kind needs."""
        said = self.cleaned_data
        typed_parts = {"levels": self._levels(), "check": self._check()}
        started = starting_parts(said["kind"])
        new = said["kind"] != self.criterion["kind"] and not any(typed_parts.values())
        self.filled = new and any(started.values())
        return started if new else typed_parts

    def _check(self) -> Any:
        """The check as typed; one that decided alone does not stay as the first step of another kind."""
        said = self.cleaned_data
        stays = said["kind"] == "check" or (said["kind"] in CHECKED and self.criterion["kind"] != "check")
        return said["check"] if stays else None

    def _levels(self) -> Any:
        said = self.cleaned_data
        if said["kind"] == "numeric":
            scale = {key: said[f"scale_{key}"] for key in ("min", "max", "step")}
            return scale if None not in scale.values() else None
        if said["kind"] == "ordinal":
            return [dict(row) for row in self.levels.cleaned_data if row]
        return None

    def _tags(self) -> dict[str, str]:
        others = {key: value for key, value in self.criterion["tags"].items() if key not in TAGS}
        return {**others, **{key: self.cleaned_data[key] for key in TAGS if self.cleaned_data[key]}}


def gate_of(when: str, *, value: float | None, floor: float | None, override: bool) -> dict[str, Any] | None:
    """A gate as the document holds it; where no number was typed the middle and no score at all are meant."""
    if not when:
        return None
    return {"when": when, "value": 0.5 if value is None else value, "floor": floor or 0.0, "override": override}


def initial_of(criterion: dict[str, Any]) -> dict[str, Any]:
    """What the form shows for a criterion."""
    gate = criterion["gate"] or {}
    levels = criterion["levels"]
    scale = levels if isinstance(levels, dict) else {}
    same = ("text", "kind", "polarity", "weight", "tier", "group", "evidence", "role", "aspect", "needs", "notes")
    condition = criterion["applies_when"]
    return {
        **{key: criterion[key] for key in same},
        **{f"gate_{key}": gate.get(key) for key in ("when", "value", "floor", "override")},
        **{f"scale_{key}": scale.get(key) for key in ("min", "max", "step")},
        **{key: criterion["tags"].get(key, "") for key in TAGS},
        "weight": typed(criterion["weight"]),
        "applies_when": JsonField().prepare_value(condition),
        "check": criterion["check"],
    }


def _levels_of(criterion: dict[str, Any]) -> list[dict[str, Any]]:
    levels = criterion["levels"]
    return levels if isinstance(levels, list) else []


def _example(row: dict[str, Any]) -> dict[str, Any]:
    return {"text": row["text"], "value": row["value"], "note": row["note"]}
