"""What every kind of check says of itself, and how its parameters are read from its fields."""

from __future__ import annotations

import abc
import dataclasses
import enum
import json
from collections.abc import Mapping
from typing import Any, ClassVar, get_args, get_origin

import pydantic

from domain.checks.result import CheckResult, Given, abstain

MAX_ANSWER = 1_000_000


class Cost(enum.StrEnum):
    """What one run costs: a moment within this process, or a process of its own."""

    INSTANT = "instant"
    SANDBOX = "sandbox"


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """An example of a kind: parameters, an answer, what comes of it."""

    spec: Mapping[str, Any]
    response: str
    result: str
    reference: str | None = None

    @property
    def json(self) -> str:
        """The parameters as they stand in a document."""
        return json.dumps(self.spec, ensure_ascii=False)


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What a kind of check is, in a person's words."""

    name: str
    title: str
    group: str
    help: str
    cases: tuple[Case, ...]
    cost: Cost = Cost.INSTANT
    needs: tuple[str, ...] = ()
    limits: str = f"Answers of up to {MAX_ANSWER:,} characters; longer ones get no answer."
    max_answer: int = MAX_ANSWER
    abstains: str = "Only where the answer is longer than it reads."


class Input(enum.StrEnum):
    """How a parameter is typed into a form."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    YES_NO = "yes_no"
    LIST = "list"
    TABLE = "table"
    JSON = "json"


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as a form and a catalogue show it."""

    name: str
    title: str
    help: str
    input: Input
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


class Rule(pydantic.BaseModel):
    """A check with its parameters; a kind is a subclass that says `ABOUT` and has `run`."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    ABOUT: ClassVar[About]
    kind: str

    @abc.abstractmethod
    def run(self, given: Given) -> CheckResult:
        """Look at the answer."""

    def decide(self, given: Given) -> CheckResult:
        """Look at the answer where it is of a size the kind takes and nothing is missing beside it."""
        about = self.ABOUT
        if len(given.response) > about.max_answer:
            return abstain(f"The answer has {len(given.response):,} characters; this check reads {about.max_answer:,}.")
        missing = [name for name in about.needs if not getattr(given, name)]
        if missing:
            return abstain(f"There is no {missing[0]} to check against.")
        return self.run(dataclasses.replace(given, response=_whole(given.response)))


def _whole(text: str) -> str:
    """The text with halves of surrogate pairs replaced, so that it can be encoded; as long as before."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def parameters(model: type[pydantic.BaseModel]) -> tuple[Parameter, ...]:
    """The parameters of a kind, or of an instruction, in their order."""
    return tuple(_parameter(name, field) for name, field in model.model_fields.items() if name != "kind")


def _parameter(name: str, field: pydantic.fields.FieldInfo) -> Parameter:
    shape, bounds = _shape(field.annotation), _bounds(field)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    choices = tuple(str(value) for value in get_args(shape)) if get_origin(shape) is not None else ()
    kind = Input(str(extra["input"])) if "input" in extra else _input(shape)
    title = field.title or name.replace("_", " ").capitalize()
    needed = field.is_required() or bool(extra.get("asked"))
    return Parameter(
        field.alias or name, title, field.description or "", kind, needed,
        default=None if field.is_required() else field.get_default(call_default_factory=True),
        choices=choices if kind is Input.CHOICE else (), low=bounds[0], high=bounds[1],
    )  # fmt: skip


def _shape(annotation: Any) -> Any:
    """The type under `Annotated` and `| None`."""
    while hasattr(annotation, "__metadata__"):
        annotation = annotation.__origin__
    inner = [one for one in get_args(annotation) if one is not type(None)]
    is_optional = type(None) in get_args(annotation)
    return _shape(inner[0]) if is_optional and len(inner) == 1 else annotation


def _input(shape: Any) -> Input:
    simple = {bool: Input.YES_NO, int: Input.INTEGER, float: Input.NUMBER, str: Input.TEXT}
    if shape in simple:
        return simple[shape]
    origin = get_origin(shape)
    if origin in (tuple, list):
        return Input.LIST
    return Input.JSON if origin is dict or shape is Any else Input.CHOICE


def _bounds(field: pydantic.fields.FieldInfo) -> tuple[float | None, float | None]:
    found: dict[str, float] = {}
    for constraint in _constraints(field):
        for name in ("ge", "gt", "le", "lt"):
            if isinstance(value := getattr(constraint, name, None), int | float):
                found[name[0]] = float(value)
    return found.get("g"), found.get("l")


def _constraints(field: pydantic.fields.FieldInfo) -> list[Any]:
    """What bounds the value, also where it stands inside `… | None`."""
    nested = [inner for one in get_args(field.annotation) for inner in getattr(one, "__metadata__", ())]
    flat: list[Any] = []
    for one in (*field.metadata, *nested):
        flat.extend(one.metadata if isinstance(one, pydantic.fields.FieldInfo) else [one])
    return flat
