"""What is known about the worth of rubrics and their criteria."""

from apps.refinement.queries.reports import get_report, newest_report, report_state, reports_of, still_holds

__all__ = ["get_report", "newest_report", "report_state", "reports_of", "still_holds"]
