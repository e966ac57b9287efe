"""A score computed again from its trace alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain import ensembles, errors, pipeline
from domain.scoring import fusion


def recompute(trace: Sequence[Mapping[str, Any]]) -> float | None:
    """The raw score that the inputs in a trace give, without a look at its outputs."""
    flow: pipeline.Columns | None = None
    raw: float | None = None
    for step in trace:
        given, name = step["in"], step["step"]
        if name == "content_gate":
            return float(given["floor"])
        if name == "unscored":
            if any(item["policy"] == "null" for item in given["criteria"]):
                return None
        elif name == "ensemble":
            raw = ensembles.again(given)
        elif name == "neighbours":
            raw = fusion.again(given)
        elif name in pipeline.TRACED:
            if flow is None and pipeline.TRACED[name].phase > pipeline.Phase.REDUCE:
                continue
            flow = pipeline.again(name, given, flow)
            raw = pipeline.number(flow.raw[0])
        else:
            raise errors.Invalid(f"The trace has a step {name!r} that is not known.", code="unknown_step")
    return raw
