"""What is known about the worth of rubrics and their criteria."""

from apps.refinement.queries.drafts import (
    cost_of,
    drafts_of,
    get_draft,
    is_live,
    over_budget,
    pairs_of,
    progress_of,
)
from apps.refinement.queries.reports import get_report, newest_report, report_state, reports_of, still_holds

__all__ = [
    "cost_of", "drafts_of", "get_draft", "get_report", "is_live", "newest_report", "over_budget", "pairs_of",
    "progress_of", "report_state", "reports_of", "still_holds",
]  # fmt: skip
