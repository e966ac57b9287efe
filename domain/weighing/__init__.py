"""Where weights come from: swings, trade-offs, preferences, sliders."""

from domain.weighing.evidence import Enough, Pairs, Refused, checked
from domain.weighing.fitting import Fit, Loss, Options, fit, losses
from domain.weighing.report import Accuracy, Report, report
from domain.weighing.sections import Item, Section, kept_weights, overall, sections_of
from domain.weighing.simplex import moved, normalised
from domain.weighing.swing import check_swings, swing_weights
from domain.weighing.tradeoffs import Judged, Worst, judge_tradeoffs, next_pair

__all__ = [
    "Accuracy",
    "Enough",
    "Fit",
    "Item",
    "Judged",
    "Loss",
    "Options",
    "Pairs",
    "Refused",
    "Report",
    "Section",
    "Worst",
    "check_swings",
    "checked",
    "fit",
    "judge_tradeoffs",
    "kept_weights",
    "losses",
    "moved",
    "next_pair",
    "normalised",
    "overall",
    "report",
    "sections_of",
    "swing_weights",
]
