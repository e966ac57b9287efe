"""What can be done to measure, draft and refine rubrics."""

from apps.refinement.services.drafting import DRAFT, PAIRS, start_draft
from apps.refinement.services.measuring import MEASURE, start_measuring

__all__ = ["DRAFT", "MEASURE", "PAIRS", "start_draft", "start_measuring"]
