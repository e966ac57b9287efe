"""The steps of a scoring pipeline: what they are, in which order they are taken, and what they do to verdicts."""

from domain.pipeline.affine import AffineStep
from domain.pipeline.clamp import ClampStep
from domain.pipeline.columns import Branch, Closing, Columns, Item, Layout, made
from domain.pipeline.critical import CriticalStep
from domain.pipeline.entries import again, inputs, number, outcome, told
from domain.pipeline.gate import GateStep, closed, looked_at, under
from domain.pipeline.order import (
    MAX_STEPS,
    decisive,
    keeps_ratio,
    needs_group,
    needs_length,
    ordered,
    problems,
    shares,
    span,
    way,
)
from domain.pipeline.pair import TIE, PairStep
from domain.pipeline.passing import Passed, again_with, group_needed, taken
from domain.pipeline.reach import LENGTHS, Reach, reach
from domain.pipeline.registry import CLASSES, STEPS, SUMS, TRACED, AnyStep, Parameter, catalogue, compares, parameters
from domain.pipeline.step import About, Phase, Span, Step, Way
from domain.pipeline.tree import TreeStep
from domain.pipeline.weighted import WeightedStep

__all__ = [
    "CLASSES",
    "LENGTHS",
    "MAX_STEPS",
    "STEPS",
    "SUMS",
    "TIE",
    "TRACED",
    "About",
    "AffineStep",
    "AnyStep",
    "Branch",
    "ClampStep",
    "Closing",
    "Columns",
    "CriticalStep",
    "GateStep",
    "Item",
    "Layout",
    "PairStep",
    "Parameter",
    "Passed",
    "Phase",
    "Reach",
    "Span",
    "Step",
    "TreeStep",
    "Way",
    "WeightedStep",
    "again",
    "again_with",
    "catalogue",
    "closed",
    "compares",
    "decisive",
    "group_needed",
    "inputs",
    "keeps_ratio",
    "looked_at",
    "made",
    "needs_group",
    "needs_length",
    "number",
    "ordered",
    "outcome",
    "parameters",
    "problems",
    "reach",
    "shares",
    "span",
    "taken",
    "told",
    "under",
    "way",
]
