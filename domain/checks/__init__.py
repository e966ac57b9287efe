"""Computed criteria: decided by a program, with no model; one file a kind."""

from domain.checks.offers import Offer, name_of, offers, summary
from domain.checks.registry import KINDS, evaluate, validate
from domain.checks.result import ABSTAIN, CheckResult, Given, Outcome, Span
from domain.checks.rule import About, Case, Cost, Input, Parameter, Rule, parameters

__all__ = [
    "ABSTAIN",
    "KINDS",
    "About",
    "Case",
    "CheckResult",
    "Cost",
    "Given",
    "Input",
    "Offer",
    "Outcome",
    "Parameter",
    "Rule",
    "Span",
    "evaluate",
    "name_of",
    "offers",
    "parameters",
    "summary",
    "validate",
]
