"""Where weights come from: swings, trade-offs, preferences, sliders."""

from domain.weighing.evidence import Enough, Pairs, Refused, checked
from domain.weighing.fitting import Fit, Loss, Options, fit, losses
from domain.weighing.ranking import comparable, droppable, gains_of, ndcg
from domain.weighing.report import Accuracy, Report, report
from domain.weighing.sections import Item, Kept, Section, is_tree, kept_weights, of_shares, overall, sections_of, within
from domain.weighing.simplex import moved, normalised
from domain.weighing.swing import MOST as MOST_POINTS
from domain.weighing.swing import check_swings, swing_weights
from domain.weighing.tradeoffs import MOST_RATIO, Judged, Worst, judge_tradeoffs, next_pair
from domain.weighing.whitening import Whitened, correlations, oriented, published, whitened

__all__ = [
    "MOST_POINTS",
    "MOST_RATIO",
    "Accuracy",
    "Enough",
    "Fit",
    "Item",
    "Judged",
    "Kept",
    "Loss",
    "Options",
    "Pairs",
    "Refused",
    "Report",
    "Section",
    "Whitened",
    "Worst",
    "check_swings",
    "checked",
    "comparable",
    "correlations",
    "droppable",
    "fit",
    "gains_of",
    "is_tree",
    "judge_tradeoffs",
    "kept_weights",
    "losses",
    "moved",
    "ndcg",
    "next_pair",
    "normalised",
    "of_shares",
    "oriented",
    "overall",
    "published",
    "report",
    "sections_of",
    "swing_weights",
    "whitened",
    "within",
]
