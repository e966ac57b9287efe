"""What may be typed about a step of the scoring: a field for each parameter that the step declares."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic
from django import forms
from django.core.exceptions import ValidationError

from apps.rubrics.forms.fields import number_input, typed
from domain import errors, pipeline

Choices = Sequence[tuple[str, str]]
LONGEST_NAME = 200  # of a criterion's id: texts with this limit name criteria


class ValueField(forms.CharField):
    """Any JSON value, for parameters that no simpler field can hold."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"})

    def prepare_value(self, value: Any) -> Any:
        """Show a value as text."""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def clean(self, value: Any) -> Any:
        """Read the value."""
        text = super().clean(value)
        try:
            return json.loads(text) if text else None
        except (ValueError, RecursionError) as error:
            raise ValidationError("This is not JSON.") from error


class StepForm(forms.Form):
    """The parameters of one step; what is left empty is as the step has it by default."""

    def __init__(
        self,
        *args: Any,
        kind: type[pipeline.Step],
        criteria: Choices,
        given: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.given = dict(given or {})
        for parameter in pipeline.parameters(kind):
            field = _field(parameter, criteria)
            field.label = parameter.name.replace("_", " ").capitalize()
            field.help_text = parameter.help
            if parameter.name in self.given or not _required(kind, parameter.name):
                field.initial = _shown(self.given.get(parameter.name, _plain(parameter.default)))
            self.fields[parameter.name] = field

    def document(self) -> dict[str, Any]:
        """The step as the document has it."""
        step: dict[str, Any] = {"step": self.kind.model_fields["step"].default}
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            empty = value is None or value == "" or (value == [] and _required(self.kind, name))
            if not empty or _may_be_none(self.kind, name):
                step[name] = _value(field, value)
        return step

    def clean(self) -> dict[str, Any]:
        """What the step itself says of its parameters."""
        said = super().clean() or {}
        if not self.errors:
            self.cleaned_data = said
            try:
                self.kind.model_validate(self.document())
            except pydantic.ValidationError as error:
                for item in error.errors(include_url=False, include_context=False, include_input=False):
                    name = str(item["loc"][0]) if item["loc"] else ""
                    message = item["msg"].removeprefix("Value error, ").removesuffix(".") + "."
                    self.add_error(name if name in self.fields else None, message)
        return said

    def refuse(self, error: errors.StudioError, place: int) -> None:
        """Show why the pipeline was refused, at the parameter that it is about."""
        problems = error.problems if isinstance(error, errors.Invalid) else ()
        for problem in problems:
            parts = problem.pointer.split("/")
            own = parts[1:3] == ["scoring", str(place)] and len(parts) > 3 and parts[3] in self.fields
            self.add_error(parts[3] if own else None, problem.message)
        if not problems:
            self.add_error(None, error.message)


def needs_parameters(kind: type[pipeline.Step]) -> bool:
    """Whether a step cannot stand without something being chosen first."""
    try:
        kind.model_validate({"step": kind.model_fields["step"].default})
    except pydantic.ValidationError:
        return True
    return False


def _field(parameter: pipeline.Parameter, criteria: Choices) -> forms.Field:
    schema = _alone(parameter.schema)
    if "enum" in schema:
        return forms.ChoiceField(choices=_words(schema["enum"]), required=False)
    match schema.get("type"):
        case "boolean":
            return forms.BooleanField(required=False)
        case "integer":
            return forms.IntegerField(required=False, **_bounds(schema), widget=number_input(step="1"))
        case "number":
            return forms.FloatField(required=False, **_bounds(schema), widget=number_input())
        case "string" if schema.get("maxLength") == LONGEST_NAME:
            return forms.ChoiceField(choices=[("", "choose a criterion"), *criteria], required=False)
        case "string":
            return forms.CharField(required=False, max_length=schema.get("maxLength", 500))
        case "array" if schema.get("items", {}).get("type") == "string":
            inner = schema["items"].get("enum")
            choices = _words(inner) if inner else list(criteria)
            widget = forms.SelectMultiple(attrs={"size": min(6, max(2, len(choices)))})
            return forms.MultipleChoiceField(choices=choices, required=False, widget=widget)
        case _:
            return ValueField(required=False, max_length=20_000)


def _alone(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema without the choice of none."""
    given = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return given[0] if len(given) == 1 else schema


def _bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Bounds that a number may lie on; those that it may not reach are told by the step."""
    found = {"min_value": schema.get("minimum"), "max_value": schema.get("maximum")}
    return {name: value for name, value in found.items() if value is not None}


def _words(values: Sequence[Any]) -> list[tuple[str, str]]:
    return [(str(value), str(value).replace("_", " ")) for value in values]


def _required(kind: type[pipeline.Step], name: str) -> bool:
    return kind.model_fields[name].is_required()


def _may_be_none(kind: type[pipeline.Step], name: str) -> bool:
    field = kind.model_fields[name]
    return (
        not field.is_required() and field.get_default(call_default_factory=True) is not None and _takes_none(kind, name)
    )


def _takes_none(kind: type[pipeline.Step], name: str) -> bool:
    schema = kind.model_json_schema()["properties"][name]
    return any(one.get("type") == "null" for one in schema.get("anyOf", ()))


def _value(field: forms.Field, value: Any) -> Any:
    if isinstance(value, str) and isinstance(field, forms.ChoiceField):
        return value or None
    return value if value != "" else None


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _shown(value: Any) -> Any:
    return typed(value) if isinstance(value, float) else value
