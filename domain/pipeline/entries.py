"""What a trace keeps of a step: the inputs from which the step gives the same number again."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from domain.pipeline.columns import Branch, Columns, Item
from domain.pipeline.gate import GateStep, closed, under
from domain.pipeline.registry import TRACED
from domain.pipeline.step import Given, Phase, Step

_PLAIN = dict.fromkeys(Item._fields)


class Stored(NamedTuple):
    """A gate as a trace keeps it."""

    when: str
    value: float
    floor: float
    override: bool


def inputs(step: Step, before: Columns, row: int, fitted: Given | None) -> dict[str, Any]:
    """The parameters of a step and what it read of one answer; of gates only those that closed."""
    if isinstance(step, GateStep):
        return {"raw": number(before.raw[row]), "closed": closed(before, row)}
    given: dict[str, Any] = {name: _plain(getattr(step, name)) for name in type(step).model_fields if name != "step"}
    if step.phase <= Phase.REDUCE or step.reads_values:
        given["terms"] = terms(step, before, row)
    if "group" in step.reads:
        given["groups"] = [branch._asdict() for branch in before.groups]
    if step.phase > Phase.REDUCE:
        given["raw"] = number(before.raw[row])
    if step.needs_length:
        given["lengths"] = {unit: float(sizes[row]) for unit, sizes in before.lengths.items()}
    if fitted is not None:
        given["group"] = dict(fitted)
    return given


def terms(step: Step, before: Columns, row: int) -> list[dict[str, Any]]:
    """The criteria that have a value, with what the step reads of them; shaping steps read verdicts as given."""
    late = step.phase > Phase.REDUCE
    there, value = (before.decided, before.judged) if late else (before.there, before.value)
    weight = before.own if step.by_own_weight or step.phase is Phase.PREPARE else before.weight
    values, weights, found = value[row].tolist(), weight[row].tolist(), []
    for place in np.flatnonzero(there[row]).tolist():
        item = before.items[place]
        one = {"id": item.id, "weight": weights[place], "value": values[place], "pitfall": item.pitfall}
        if step.phase is Phase.PREPARE and before.above[place] != 1:
            one["above"] = float(before.above[place])
        found.append(one | {name: _plain(getattr(item, name)) for name in step.reads})
    return found


def outcome(step: Step, before: Columns, after: Columns, row: int) -> Any:
    """The number after a step; of a step that prepares, the values and weights that it changed."""
    if step.phase is not Phase.PREPARE:
        return number(after.raw[row])
    changed: dict[str, Any] = {}
    kept = after.there[row]
    moved = (after.value[row] != before.value[row]) & kept
    weighed = (after.own[row] != before.own[row]) & kept
    for name, where, figures in (("values", moved, after.value), ("weights", weighed, after.own)):
        if where.any():
            changed[name] = {after.items[n].id: float(figures[row, n]) for n in np.flatnonzero(where).tolist()}
    gone = before.there[row] & ~kept
    if gone.any():
        changed["left_out"] = [after.items[place].id for place in np.flatnonzero(gone).tolist()]
    return changed


def again(name: str, given: Given, flow: Columns | None) -> Columns:
    """A step taken again from what a trace keeps; `flow` is what the steps before it made."""
    kind = TRACED[name]
    if kind is GateStep:
        raw = float(given["raw"]) if flow is None else float(flow.raw[0])
        return dataclasses.replace(_columns(given), raw=np.array([under(raw, given["closed"])]))
    step = _step(kind, given)
    columns = _columns(given)
    if kind.phase > Phase.REDUCE:
        before = flow.raw if flow is not None else np.array([given["raw"]], dtype=np.float64)
        columns = dataclasses.replace(columns, raw=before)
    elif flow is not None:
        columns = _flowed(columns, flow)
    return step.apply(columns, given.get("group"))


def told(entry: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    """What a step of a trace did, in a sentence; `numbers` are the places of criteria."""
    given = entry["in"]
    return _step(TRACED[entry["step"]], given).told(given, entry["out"], numbers)


def number(value: float) -> float | None:
    """A number for a trace."""
    return None if math.isnan(value) else float(value)


def _step(kind: type[Step], given: Given) -> Step:
    return kind.model_validate({name: given[name] for name in kind.model_fields if name != "step" and name in given})


def _columns(given: Given) -> Columns:
    listed: Sequence[Mapping[str, Any]] = given.get("terms", ())
    shape = (1, len(listed))
    values = np.array([float(one["value"]) for one in listed], dtype=np.float64).reshape(shape)
    there = np.ones(shape, dtype=bool)
    return Columns(
        items=tuple(_item(one) for one in listed),
        groups=tuple(Branch(one["id"], one["parent"], float(one["weight"])) for one in given.get("groups", ())),
        value=values,
        there=there,
        own=np.array([float(one["weight"]) for one in listed], dtype=np.float64).reshape(shape),
        above=np.array([float(one.get("above", 1.0)) for one in listed], dtype=np.float64),
        raw=np.full(1, np.nan),
        judged=values,
        decided=there,
        lengths={unit: np.array([size], dtype=np.float64) for unit, size in given.get("lengths", {}).items()},
    )


def _item(one: Mapping[str, Any]) -> Item:
    named = {name: one[name] for name in _PLAIN if name in one and name != "gate"}
    if one.get("hard"):  # traces of pairs that were stored before name no role
        named["role"] = "hard_rule"
    gate = one.get("gate")
    return Item(**named, gate=None if gate is None else Stored(**gate))


def _flowed(columns: Columns, flow: Columns) -> Columns:
    """What the steps before made of the values and weights of the same criteria."""
    places = flow.places([item.id for item in columns.items])
    return dataclasses.replace(
        columns, value=flow.value[:, places], there=flow.there[:, places], own=flow.own[:, places],
        above=flow.above[places],
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
