"""Every step by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from domain.pipeline.affine import AffineStep
from domain.pipeline.answer_dominant import AnswerDominantStep
from domain.pipeline.axis import AxisStep
from domain.pipeline.blended import BlendedStep
from domain.pipeline.clamp import ClampStep
from domain.pipeline.consistency import ConsistencyStep
from domain.pipeline.critical import CriticalStep
from domain.pipeline.difficulty import DifficultyStep
from domain.pipeline.gate import GateStep
from domain.pipeline.guidelines import GuidelinesStep
from domain.pipeline.interaction import InteractionStep
from domain.pipeline.length import (
    LengthBandStep,
    LengthCosineStep,
    LengthDecayStep,
    LengthGroupStep,
    LengthRampStep,
)
from domain.pipeline.outcome import OutcomeStep
from domain.pipeline.pair import PairStep
from domain.pipeline.rescue import RescueStep
from domain.pipeline.saturate import SaturateStep
from domain.pipeline.shape import ShapeStep
from domain.pipeline.step import Phase, Step
from domain.pipeline.tiers import TiersStep
from domain.pipeline.tree import TreeStep
from domain.pipeline.weighted import WeightedStep

AnyStep = Annotated[
    WeightedStep
    | TreeStep
    | CriticalStep
    | AnswerDominantStep
    | BlendedStep
    | AxisStep
    | SaturateStep
    | TiersStep
    | GuidelinesStep
    | DifficultyStep
    | InteractionStep
    | ShapeStep
    | OutcomeStep
    | RescueStep
    | ConsistencyStep
    | LengthRampStep
    | LengthBandStep
    | LengthDecayStep
    | LengthCosineStep
    | LengthGroupStep
    | AffineStep
    | GateStep
    | ClampStep,
    Field(discriminator="step"),
]
CLASSES: tuple[type[Step], ...] = (
    WeightedStep,
    TreeStep,
    CriticalStep,
    AnswerDominantStep,
    BlendedStep,
    AxisStep,
    SaturateStep,
    TiersStep,
    GuidelinesStep,
    DifficultyStep,
    InteractionStep,
    ShapeStep,
    OutcomeStep,
    RescueStep,
    ConsistencyStep,
    LengthRampStep,
    LengthBandStep,
    LengthDecayStep,
    LengthCosineStep,
    LengthGroupStep,
    AffineStep,
    GateStep,
    ClampStep,
)
STEPS: Mapping[str, type[Step]] = {kind.model_fields["step"].default: kind for kind in CLASSES}
TRACED: Mapping[str, type[Step]] = {**STEPS, "pair": PairStep}
"""The steps that a trace may hold: those of documents, and the sum of preferences of a pair."""
SUMS = frozenset(name for name, kind in STEPS.items() if kind.phase is Phase.REDUCE)

GROUPED = frozenset(name for name, kind in STEPS.items() if kind.needs_group)


def compares(document: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the steps of a stored document compare the answers of a prompt."""
    return any(step["step"] in GROUPED for step in document)


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a step with its help and its schema (type, choices and bounds, as JSON Schema)."""

    name: str
    help: str
    default: Any
    schema: Mapping[str, Any]


def parameters(kind: type[Step]) -> list[Parameter]:
    """The parameters of a step, in the order in which they are declared."""
    schema = kind.model_json_schema()
    return [
        Parameter(name, field.description or "", field.get_default(call_default_factory=True),
                  schema["properties"][name])
        for name, field in kind.model_fields.items()
        if name != "step"
    ]  # fmt: skip


def catalogue() -> list[dict[str, Any]]:
    """What every step says of itself, for pages and documentation."""
    return [
        {
            "step": name, "phase": kind.phase.name.lower(), "needs_group": kind.needs_group,
            "needs_length": kind.needs_length, "once": kind.once, **dataclasses.asdict(kind.about),
            "parameters": [dataclasses.asdict(one) for one in parameters(kind)],
        }
        for name, kind in STEPS.items()
    ]  # fmt: skip
