"""What an audit would read, before it is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.audit.queries import gathering, sources
from domain import audits


@dataclass(frozen=True)
class Reading:
    """How many scores, whether a worker is needed, and what is lacking; `lacking` is None where it was not looked."""

    sources: int
    scores: int
    at_once: bool
    lacking: str | None
    calls: bool


def plan_of(actor: Actor, kind: str, inputs: Mapping[str, Any], *, at_once: int) -> Reading:
    """Count what an audit would read; where it is little, also whether it holds what the audit needs."""
    entry = audits.entry(kind)
    named = sources.read_inputs(actor, inputs)
    size = sources.size_of(named)
    lacking = None
    if size <= at_once:
        lacking = audits.possible(gathering.gather(named, entry.needs).inputs)[kind]
    return Reading(len(named.sources), size, size <= at_once, lacking, entry.calls)
