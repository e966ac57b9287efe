"""A score computed again from its trace alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain import errors
from domain.scoring import steps


def recompute(trace: Sequence[Mapping[str, Any]]) -> float | None:
    """The raw score that the inputs in a trace give, without a look at its outputs."""
    raw: float | None = None
    for step in trace:
        given = step["in"]
        match step["step"]:
            case "content_gate":
                return float(given["floor"])
            case "unscored":
                if any(item["policy"] == "null" for item in given["criteria"]):
                    return None
            case "weighted":
                raw = steps.weighted(given["terms"], given["negatives"], given["normalise"]).raw
            case "pair":
                raw = steps.pair(given["terms"], given["hard_rules_first"]).raw
            case "tree":
                raw = steps.tree(given["terms"], given["groups"]).raw
            case "gate":
                raw = None if raw is None else steps.gated(raw, given["closed"])
            case name:
                raise errors.Invalid(f"The trace has a step {name!r} that is not known.", code="unknown_step")
    return raw
