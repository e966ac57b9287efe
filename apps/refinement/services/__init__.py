"""What can be done to measure, draft and refine rubrics."""

from apps.refinement.services.cases import judge_cases, pin_case, withdraw_case
from apps.refinement.services.causal_edits import EDITS, EditCost, estimate_edits, store_edits, write_edits
from apps.refinement.services.drafting import (
    DRAFT,
    MOST_SAID,
    Foreseen,
    Wanted,
    answer_question,
    estimate_draft,
    start_draft,
)
from apps.refinement.services.margins import MARGINS, MarginCost, estimate_margins, measure_margins
from apps.refinement.services.measuring import MEASURE, start_measuring
from apps.refinement.services.meta_rubrics import choose_meta_version, write_meta_rubric
from apps.refinement.services.predicting import PREDICT, estimate_effects, go_on, predict_effects

__all__ = [
    "DRAFT",
    "EDITS",
    "MARGINS",
    "MEASURE",
    "MOST_SAID",
    "PREDICT",
    "EditCost",
    "Foreseen",
    "MarginCost",
    "Wanted",
    "answer_question",
    "choose_meta_version",
    "estimate_draft",
    "estimate_edits",
    "estimate_effects",
    "estimate_margins",
    "go_on",
    "judge_cases",
    "measure_margins",
    "pin_case",
    "predict_effects",
    "start_draft",
    "start_measuring",
    "store_edits",
    "withdraw_case",
    "write_edits",
    "write_meta_rubric",
]
