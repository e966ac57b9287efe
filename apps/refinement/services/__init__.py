"""What can be done to measure, draft and refine rubrics."""

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

__all__ = [
    "DRAFT", "MEASURE", "MOST_SAID", "Foreseen", "Wanted", "answer_question", "estimate_draft", "start_draft",
    "start_measuring",
]  # fmt: skip
