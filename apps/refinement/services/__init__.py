"""What can be done to measure, draft and refine rubrics."""

from apps.refinement.services.cases import judge_cases, pin_case, withdraw_case
from apps.refinement.services.drafting import (
    DRAFT,
    MOST_SAID,
    Foreseen,
    Wanted,
    answer_question,
    estimate_draft,
    start_draft,
)
from apps.refinement.services.measuring import MEASURE, start_measuring
from apps.refinement.services.meta_rubrics import choose_meta_version, write_meta_rubric
from apps.refinement.services.predicting import PREDICT, estimate_effects, go_on, predict_effects

__all__ = [
    "DRAFT", "MEASURE", "MOST_SAID", "PREDICT", "Foreseen", "Wanted", "answer_question", "choose_meta_version",
    "estimate_draft", "estimate_effects", "go_on", "judge_cases", "pin_case", "predict_effects", "start_draft",
    "start_measuring", "withdraw_case", "write_meta_rubric",
]  # fmt: skip
