"""What can be done to measure, draft and refine rubrics."""

from apps.refinement.services.measuring import MEASURE, start_measuring

__all__ = ["MEASURE", "start_measuring"]
