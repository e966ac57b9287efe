"""From verdicts to a score with a trace that recomputes it."""

from domain.scoring.engine import Score, from_values, score, score_group, table_of
from domain.scoring.explaining import Explained
from domain.scoring.flat import SAME, Flat, flattened
from domain.scoring.movement import Movement, compare
from domain.scoring.pairs import pair_gate, score_pair, scores_of_pairs, steps_for_pairs
from domain.scoring.table import Scores, Table, scores_of
from domain.scoring.trace import recompute

__all__ = [
    "SAME",
    "Explained",
    "Flat",
    "Movement",
    "Score",
    "Scores",
    "Table",
    "compare",
    "flattened",
    "from_values",
    "pair_gate",
    "recompute",
    "score",
    "score_group",
    "score_pair",
    "scores_of",
    "scores_of_pairs",
    "steps_for_pairs",
    "table_of",
]
