"""Computed criteria: decided by a program, with no model; one file a kind."""

from domain.checks.registry import KINDS, CheckResult, Outcome, evaluate, validate

__all__ = ["KINDS", "CheckResult", "Outcome", "evaluate", "validate"]
