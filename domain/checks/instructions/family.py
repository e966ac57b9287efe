"""A family of published instructions: name, sentence, parameters and a function that looks at an answer."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

import pydantic

from domain.checks.result import CheckResult, Outcome, of

Count = Annotated[int, pydantic.Field(ge=0, le=1_000_000)]
Position = Annotated[int, pydantic.Field(ge=1, le=1_000_000)]
Short = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=500)]
Long = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=100_000)]
Relation = Literal["less than", "at least"]
Follows = Callable[..., CheckResult]


@dataclasses.dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction that a program can check."""

    name: str
    says: str
    model: type[pydantic.BaseModel]
    follows: Follows


class Family:
    """Instructions by their published names."""

    def __init__(self) -> None:
        self.instructions: dict[str, Instruction] = {}

    def add(self, name: str, says: str) -> Callable[[Follows], Follows]:
        """Register a function; its keyword arguments are the published parameters."""

        def register(follows: Follows) -> Follows:
            self.instructions[name] = Instruction(name, says, _model(name, follows), follows)
            return follows

        return register


def described(instruction: Instruction, kwargs: Mapping[str, Any]) -> str:
    """The sentence of an instruction with the values in the places of their names."""
    said = instruction.says
    for name, value in kwargs.items():
        if name.endswith("relation"):
            said = said.replace("at least, or less than,", str(value))
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        said = said.replace(f"`{name}`", shown if isinstance(value, int | float) else f"“{shown[:1_000]}”")
    return said


def look(instruction: Instruction, text: str, arguments: Mapping[str, Any], *, loose: bool) -> CheckResult:
    """Whether an answer follows an instruction; loosely: whether one of eight readings of it does.

    The readings leave out the first line, the last line, both or none, with and without asterisks.
    """
    first = _strictly(instruction, text, arguments)
    if first.result is Outcome.PASS or not loose:
        return first
    unsure = first.result is Outcome.ABSTAIN
    for reading in _readings(text):
        found = _strictly(instruction, reading, arguments)
        if found.result is Outcome.PASS:
            return of(True, f"{found.evidence} Read without its first or last line or its asterisks.")
        unsure = unsure or found.result is Outcome.ABSTAIN
    return dataclasses.replace(first, result=Outcome.ABSTAIN) if unsure else first


def _strictly(instruction: Instruction, text: str, arguments: Mapping[str, Any]) -> CheckResult:
    return instruction.follows(text, **arguments) if text.strip() else of(False, "The answer is empty.")


def _readings(text: str) -> Iterator[str]:
    lines = text.split("\n")
    cut = ["\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1])]
    yield from (text.replace("*", ""), *cut, *(part.replace("*", "") for part in cut))


def _model(name: str, follows: Follows) -> type[pydantic.BaseModel]:
    hints = typing.get_type_hints(follows, include_extras=True)
    fields: dict[str, Any] = {
        key: (hints[key], ... if one.default is inspect.Parameter.empty else one.default)
        for key, one in inspect.signature(follows).parameters.items()
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    }
    config = pydantic.ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    return pydantic.create_model(name.replace(":", "_"), __config__=config, **fields)


def compared(count: int, relation: Relation, wanted: int) -> bool:
    """Whether a count is as the relation asks."""
    return count < wanted if relation == "less than" else count >= wanted
