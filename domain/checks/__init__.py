"""Computed criteria: decided by a program, with no model; one file a kind."""

from domain.checks.registry import KINDS, Check, evaluate, validate
from domain.checks.result import CheckResult, Given, Outcome

__all__ = ["KINDS", "Check", "CheckResult", "Given", "Outcome", "evaluate", "validate"]
