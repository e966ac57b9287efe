"""What is known about the worth of rubrics and their criteria."""

from apps.refinement.queries.drafts import (
    Cost,
    answer_of,
    cost_of,
    costs_by_role,
    drafts_of,
    get_draft,
    governed_by,
    is_live,
    over_budget,
    progress_of,
    questions_of,
    seconds_a_call,
)
from apps.refinement.queries.gathering import Asked, Gathered, gathered, inputs_of, thawed
from apps.refinement.queries.meta_rubrics import get_meta_rubric, get_meta_version, governing, meta_rubrics_of
from apps.refinement.queries.reports import get_report, newest_report, report_state, reports_of, still_holds

__all__ = [
    "Asked", "Cost", "Gathered", "answer_of", "cost_of", "costs_by_role", "drafts_of", "gathered", "get_draft",
    "get_meta_rubric", "get_meta_version", "get_report", "governed_by", "governing", "inputs_of", "is_live",
    "meta_rubrics_of", "newest_report", "over_budget", "progress_of", "questions_of", "report_state", "reports_of",
    "seconds_a_call", "still_holds", "thawed",
]  # fmt: skip
