"""The ways to come from an answer and criteria to verdicts; each is a generator of requests to a model."""

from domain.strategies.protocol import (
    HELD,
    About,
    Ask,
    Cost,
    Findings,
    Judging,
    Load,
    Place,
    Question,
    Request,
    Setting,
    Strategy,
    filled,
)
from domain.strategies.registry import NAMES, every, get, heeds_polarity, without_quotes

__all__ = [
    "HELD",
    "NAMES",
    "About",
    "Ask",
    "Cost",
    "Findings",
    "Judging",
    "Load",
    "Place",
    "Question",
    "Request",
    "Setting",
    "Strategy",
    "every",
    "filled",
    "get",
    "heeds_polarity",
    "without_quotes",
]
