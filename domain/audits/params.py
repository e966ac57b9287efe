"""The parameters of audits: what may be set, within which bounds, and what it is good for."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from domain import errors

Params = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Param:
    """One parameter. `kind` is number, whole, flag, text or choice; a text or choice may name a scorer or a judge."""

    name: str
    title: str
    kind: str
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def settled(declared: Sequence[Param], given: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters, those not given by default. Raises Invalid for unknown names and for values that do not do."""
    known = {one.name: one for one in declared}
    problems = [errors.Problem(f"/params/{name}", "There is no such parameter.") for name in given if name not in known]
    found: dict[str, Any] = {}
    for name, param in known.items():
        if name not in given or given[name] is None:
            found[name] = param.default
            continue
        fault = _fault(param, given[name])
        if fault:
            problems.append(errors.Problem(f"/params/{name}", fault))
        found[name] = given[name]
    if problems:
        raise errors.Invalid(
            f"The audit cannot run so: {problems[0].message}", code="audit_params_invalid", problems=problems
        )
    return found


def _fault(param: Param, value: Any) -> str:
    """What is wrong with a value, or an empty text."""
    if param.kind == "flag":
        return "" if isinstance(value, bool) else f"{param.title} is true or false."
    if param.kind == "text":
        return "" if isinstance(value, str) and len(value) <= 200 else f"{param.title} is a text of up to 200 letters."
    if param.kind == "choice":
        return "" if value in param.choices else f"{param.title} is one of {', '.join(param.choices)}."
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return f"{param.title} is a number."
    if param.kind == "whole" and value != int(value):
        return f"{param.title} is a whole number."
    low, high = param.low, param.high
    if (low is not None and value < low) or (high is not None and value > high):
        return (
            f"{param.title} lies from {low:g} to {high:g}." if high is not None else f"{param.title} is from {low:g}."
        )
    return ""
