"""Computed criteria: decided by a program, with no model; one file a kind."""

from domain.checks.registry import KINDS, evaluate, validate
from domain.checks.result import CheckResult, Given, Outcome, Span
from domain.checks.rule import About, Case, Cost, Input, Parameter, Rule, parameters

__all__ = [
    "KINDS",
    "About",
    "Case",
    "CheckResult",
    "Cost",
    "Given",
    "Input",
    "Outcome",
    "Parameter",
    "Rule",
    "Span",
    "evaluate",
    "parameters",
    "validate",
]
