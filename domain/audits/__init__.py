"""Audits: how a scorer fails, as named, versioned and seeded pure functions over stored scores and labels."""

from domain.audits.entries import Audit
from domain.audits.params import Param, settled
from domain.audits.plots import Plot, Series, drawn, of_plain
from domain.audits.registry import AUDITS, entry, possible, run
from domain.audits.shapes import (
    NEEDS,
    Answers,
    Band,
    Column,
    Figure,
    Finding,
    Holds,
    Inputs,
    Judged,
    Known,
    Need,
    Pairs,
    Reply,
    Scores,
    Trajectory,
    Unit,
)

__all__ = [
    "AUDITS",
    "NEEDS",
    "Answers",
    "Audit",
    "Band",
    "Column",
    "Figure",
    "Finding",
    "Holds",
    "Inputs",
    "Judged",
    "Known",
    "Need",
    "Pairs",
    "Param",
    "Plot",
    "Reply",
    "Scores",
    "Series",
    "Trajectory",
    "Unit",
    "drawn",
    "entry",
    "of_plain",
    "possible",
    "run",
    "settled",
]
