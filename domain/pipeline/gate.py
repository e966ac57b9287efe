"""Vetoes: a criterion on the wrong side of its gate holds the score down."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from domain.pipeline.columns import Closing, Columns, Layout
from domain.pipeline.exact import Bools, Floats
from domain.pipeline.step import About, Given, Phase, Span, Step, Way, shown


class GateStep(Step):
    """Apply the gates of the criteria."""

    about: ClassVar[About] = About(
        title="Gates",
        help="A criterion with a gate vetoes: where its value lies on the wrong side, the score can be at most the "
        "gate's floor, or is set to it. The lowest floor of the closed gates holds.",
        unscored="A gate without a value stays open, where the rubric's policy gives a reward at all.",
        range="As before, or down to the lowest floor.",
        monotone="Up, unless a gate closes on what is good or sets a score above what it was.",
    )
    phase: ClassVar[Phase] = Phase.LIMIT
    keeps_ratio: ClassVar[bool] = True

    step: Literal["gate"] = "gate"

    def way(self, layout: Layout) -> Way:
        """Up where every gate closes on what is bad and none lifts a score."""
        gates = [(item, item.gate) for item in layout.items if item.gate]
        bad = all((gate.when == "above") == item.pitfall and not gate.override for item, gate in gates)
        return Way.UP if bad else Way.NONE

    def span(self, span: Span, layout: Layout) -> Span:
        """Down to the lowest floor; up to the highest where it sets the score."""
        gates = [item.gate for item in layout.items if item.gate]
        raised = max([span.high, *(gate.floor for gate in gates if gate.override)])
        return Span(min([span.low, *(gate.floor for gate in gates)]), raised)

    def apply(self, columns: Columns, fitted: Given | None) -> Columns:
        """The score under closed gates: a floor is a ceiling for the score; an override sets it outright."""
        raw = columns.raw
        override, ceiling = np.full(len(raw), np.inf), np.full(len(raw), np.inf)
        for place, gate in _gates(columns):
            floor = np.where(_shut(columns, place, gate), gate.floor, np.inf)
            ceiling = np.minimum(ceiling, floor)
            if gate.override:
                override = np.minimum(override, floor)
        start = np.where(np.isfinite(override) & ~np.isnan(raw), override, raw)
        return dataclasses.replace(columns, raw=np.minimum(start, ceiling))

    def reading(self) -> str:
        """In a sentence."""
        return "A closed gate lets the score be at most its floor, or sets it."

    def told(self, given: Given, out: Any, numbers: Mapping[str, int]) -> str:
        """Which gates closed and what they did."""
        if not given["closed"]:
            return "All gates are open; the score stays as it is."
        said = []
        for gate in given["closed"]:
            name = f"criterion {numbers.get(gate['id'], 0)} has {_digits(gate['observed'])}"
            effect = "sets the score to" if gate["override"] else "lets the score be at most"
            limit = f"{gate['when']} {_digits(gate['value'])}"
            said.append(f"A gate closed: {name}, {limit}; it {effect} {_digits(gate['floor'])}.")
        return " ".join([*said, f"After the gates the score is {_digits(out)}."])


def looked_at(columns: Columns, row: int) -> bool:
    """Whether an answer has a value on any criterion with a gate."""
    return any(bool(columns.decided[row, place]) for place, _ in _gates(columns))


def closed(columns: Columns, row: int) -> list[dict[str, Any]]:
    """The gates that one answer closed."""
    return [
        {
            "id": columns.items[place].id, "observed": float(columns.judged[row, place]), "when": gate.when,
            "value": gate.value, "floor": gate.floor, "override": gate.override,
        }
        for place, gate in _gates(columns)
        if _shut(columns, place, gate)[row]
    ]  # fmt: skip


def under(raw: float, shut: Sequence[Mapping[str, Any]]) -> float:
    """A score under gates that a trace names as closed."""
    overrides = [float(gate["floor"]) for gate in shut if gate["override"]]
    start = min(overrides) if overrides else raw
    return min([start, *(float(gate["floor"]) for gate in shut)])


def _gates(columns: Columns) -> Iterator[tuple[int, Closing]]:
    for place, item in enumerate(columns.items):
        if item.gate is not None:
            yield place, item.gate


def _shut(columns: Columns, place: int, gate: Closing) -> Bools:
    value: Floats = columns.judged[:, place]
    shut: Bools = columns.decided[:, place] & (value < gate.value if gate.when == "below" else value > gate.value)
    return shut


def _digits(value: Any) -> str:
    return shown(value) if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
