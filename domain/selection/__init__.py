"""What a training job is given to learn from: which prompts, which pairs, with what weight, under which licence."""

from domain.selection.augmented import SPURIOUS, Twin, edited, irrelevant
from domain.selection.bands import BINS, Band, CriterionRate, histogram, pass_rate
from domain.selection.central import central_bounds
from domain.selection.curriculum import Bucket, Swap, bucket, mastery_swaps
from domain.selection.licences import Terms, refusal, terms
from domain.selection.margins import SAME, Pair, Voted, Which, beta_scale, pairs, smoothings, strengths, voted
from domain.selection.posterior import Reading, beta_for, effective, reading, weights
from domain.selection.ranks import tied_ranks
from domain.selection.rules import KINDS, About, Setting, Sort, read_rule
from domain.selection.writers import Usefulness, choose, usefulness

__all__ = [
    "BINS", "KINDS", "SAME", "SPURIOUS", "About", "Band", "Bucket", "CriterionRate", "Pair", "Reading", "Setting",
    "Sort", "Swap", "Terms", "Twin", "Usefulness", "Voted", "Which", "beta_for", "beta_scale", "bucket",
    "central_bounds", "choose", "edited", "effective", "histogram", "irrelevant", "mastery_swaps", "pairs",
    "pass_rate", "read_rule", "reading", "refusal", "smoothings", "strengths", "terms", "tied_ranks",
    "usefulness", "voted", "weights",
]  # fmt: skip
