"""Steps by which rubrics are measured, drafted and refined; no step waits for a model."""

from domain.refinement.faults import Advice, Fault, Finding, Limits, Standing, advice, findings, standing
from domain.refinement.gate import Criterion, Gate, Labelled, Rate, RubricRate, Shift, measure, rate

__all__ = [
    "Advice", "Criterion", "Fault", "Finding", "Gate", "Labelled", "Limits", "Rate", "RubricRate", "Shift",
    "Standing", "advice", "findings", "measure", "rate", "standing",
]  # fmt: skip
