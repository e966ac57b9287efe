"""What may be typed about a step of the scoring: a field, or rows, for each parameter that the step declares."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic
from django import forms
from django.core.exceptions import ValidationError

from apps.rubrics.forms import step_rows
from apps.rubrics.forms.fields import number_input, typed
from domain import errors, pipeline

Choices = Sequence[tuple[str, str]]
LONGEST_NAME = 200  # of a criterion's id: texts with this limit name criteria
DIMENSION = "dimension"  # a text of this name is one of the dimensions that criteria are tagged with
TICKED = 40
"""Up to so many things are ticked in a list; of more a list is scrolled."""


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
        dimensions: Sequence[str] = (),
        given: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.given = dict(given or {})
        self.tables: dict[str, step_rows.Table] = {}
        for parameter in pipeline.parameters(kind):
            inner = _row_schema(kind, parameter)
            if inner is not None:
                self.tables[parameter.name] = self._table(parameter, inner, criteria, dimensions)
                continue
            field = _field(parameter, criteria)
            field.label = _label(parameter.name)
            field.help_text = parameter.help
            if parameter.name in self.given or not _required(kind, parameter.name):
                field.initial = _shown(self.given.get(parameter.name, _plain(parameter.default)))
            self.fields[parameter.name] = field

    def _table(
        self, parameter: pipeline.Parameter, inner: Mapping[str, Any], criteria: Choices, dimensions: Sequence[str]
    ) -> step_rows.Table:
        usual = [] if _required(self.kind, parameter.name) else _plain(parameter.default)
        given = self.given.get(parameter.name, usual)
        known = sorted({*dimensions, *(str(row[DIMENSION]) for row in given if row.get(DIMENSION))})
        columns: dict[str, forms.Field] = {}
        for name, schema in inner["properties"].items():
            about = pipeline.Parameter(name, schema.get("description", ""), None, schema)
            column = _choices("choose a dimension", known) if name == DIMENSION else _field(about, criteria)
            column.label, column.help_text, column.required = _label(name), "", name in inner.get("required", ())
            columns[name] = column
        return step_rows.table(
            parameter.name, _label(parameter.name), parameter.help, columns, given=given,
            data=self.data if self.is_bound else None, prefix=self.add_prefix(parameter.name),
            most=parameter.schema.get("maxItems", step_rows.MOST), least=parameter.schema.get("minItems", 0),
        )  # fmt: skip

    def is_valid(self) -> bool:
        """The fields and all rows."""
        return all([super().is_valid(), *(table.rows.is_valid() for table in self.tables.values())])

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Each parameter as readers see it."""
        shown = [(str(bound.label), _words_of(bound)) for bound in self]
        for table in self.tables.values():
            names = {value: said for column in table.columns.values() for value, said in _names(column).items()}
            rows = [", ".join(str(names.get(value, value)) for value in row.values()) for row in table.shown]
            shown.append((table.label, "; ".join(rows) or "none"))
        return shown

    def document(self) -> dict[str, Any]:
        """The step as the document has it."""
        step: dict[str, Any] = {"step": self.kind.model_fields["step"].default}
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            empty = value is None or value == "" or (value == [] and _required(self.kind, name))
            if not empty or _may_be_none(self.kind, name):
                step[name] = _value(field, value)
        for name, table in self.tables.items():
            rows = table.document()
            if rows or not _required(self.kind, name):
                step[name] = rows
        return step

    def clean(self) -> dict[str, Any]:
        """What the step itself says of its parameters."""
        said = super().clean() or {}
        if not self.errors and all(table.rows.is_valid() for table in self.tables.values()):
            self.cleaned_data = said
            try:
                self.kind.model_validate(self.document())
            except pydantic.ValidationError as error:
                for item in error.errors(include_url=False, include_context=False, include_input=False):
                    name = str(item["loc"][0]) if item["loc"] else ""
                    message = item["msg"].removeprefix("Value error, ").removesuffix(".") + "."
                    self._say(name, message, item["loc"][1:])
        return said

    def refuse(self, error: errors.StudioError, place: int) -> None:
        """Show why the pipeline was refused, at the parameter that it is about."""
        problems = error.problems if isinstance(error, errors.Invalid) else ()
        for problem in problems:
            parts = problem.pointer.split("/")
            own = parts[1:3] == ["scoring", str(place)] and len(parts) > 3
            self._say(parts[3] if own else "", problem.message, parts[4:])
        if not problems:
            self.add_error(None, error.message)

    def _say(self, name: str, message: str, at: Sequence[Any]) -> None:
        """Put a problem beside the field or the rows that it is about."""
        table = self.tables.get(name)
        if table is None:
            self.add_error(name if name in self.fields else None, message)
            return
        where = f"Row {int(at[0]) + 1}: " if at and str(at[0]).isdecimal() else ""
        said = "Add a row." if message == "Field required." and not at else message
        table.problems.append(where + said)
        self.add_error(None, f"{table.label}: {where}{said}")


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
            return _choices("choose a criterion", criteria)
        case "string":
            return forms.CharField(required=False, max_length=schema.get("maxLength", 500))
        case "array" if schema.get("items", {}).get("type") == "string":
            inner = schema["items"].get("enum")
            choices = _words(inner) if inner else list(criteria)
            longest = forms.SelectMultiple(attrs={"size": 6})
            widget = forms.CheckboxSelectMultiple() if len(choices) <= TICKED else longest
            return forms.MultipleChoiceField(choices=choices, required=False, widget=widget)
        case _:
            return ValueField(required=False, max_length=20_000)


def _row_schema(kind: type[pipeline.Step], parameter: pipeline.Parameter) -> Mapping[str, Any] | None:
    """What the things of a list look like, where they have fields of their own."""
    named = parameter.schema.get("items", {}).get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] | None = kind.model_json_schema().get("$defs", {}).get(named)
    return found if found is not None and "properties" in found else None


def _choices(nothing: str, choices: Sequence[str] | Choices) -> forms.ChoiceField:
    pairs = [(one, one) if isinstance(one, str) else one for one in choices]
    return forms.ChoiceField(choices=[("", nothing), *pairs], required=False)


def _names(column: Any) -> dict[Any, str]:
    """What the choices of a field are called."""
    choices: Any = column.choices if isinstance(column, forms.ChoiceField) else ()
    return dict(choices)


def _words_of(bound: forms.BoundField) -> str:
    """A value as its choices call it."""
    value = bound.value()
    if isinstance(value, bool):
        return "yes" if value else "no"
    names = _names(bound.field)
    said = [str(names.get(one, one)) for one in (value if isinstance(value, list | tuple) else [value])]
    return "; ".join(one for one in said if one not in ("", "None")) or "none"


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


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
