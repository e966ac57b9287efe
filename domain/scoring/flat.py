"""Groups of answers whose scores a gate or the clamp made equal."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from domain import pipeline
from domain.scoring.engine import Score

SAME = 1e-12


@dataclasses.dataclass(frozen=True, slots=True)
class Flat:
    """What flattened a group: gates (`criteria` names them) or the clamp to the range from 0 to 1."""

    cause: str
    criteria: tuple[str, ...]


def flattened(scores: Sequence[Score]) -> Flat | None:
    """What made the scores of one prompt equal that differed before gates and clamp, or nothing."""
    scored = [score for score in scores if score.raw is not None]
    sums = [value for value in map(_summed, scored) if value is not None]
    if len(scored) < 2 or len(sums) < len(scored) or not _spread(sums):
        return None
    if not _spread([score.raw for score in scored if score.raw is not None]):
        return Flat("gate", tuple(dict.fromkeys(name for score in scored for name in _closed(score))))
    if not _spread([score.display for score in scored if score.display is not None]):
        return Flat("clamp", ())
    return None


def _spread(values: Sequence[float]) -> bool:
    return max(values) - min(values) > SAME


def _summed(score: Score) -> float | None:
    """The score before its gates; nothing where the content gate decided."""
    return next((step["out"] for step in score.trace if step["step"] in pipeline.SUMS), None)


def _closed(score: Score) -> list[str]:
    return [gate["id"] for step in score.trace if step["step"] == "gate" for gate in step["in"]["closed"]]
