"""From verdicts to a score with a trace that recomputes it."""

from domain.scoring.engine import Score, from_values, score
from domain.scoring.trace import recompute

__all__ = ["Score", "from_values", "recompute", "score"]
