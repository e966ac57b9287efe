"""What can be done with audits."""

from apps.audit.services.auditing import ALL, AT_ONCE, AUDIT, MOST_SEED, run_again, run_all, run_audit
from apps.audit.services.planning import end_plan, plan_audit, run_planned

__all__ = [
    "ALL",
    "AT_ONCE",
    "AUDIT",
    "MOST_SEED",
    "end_plan",
    "plan_audit",
    "run_again",
    "run_all",
    "run_audit",
    "run_planned",
]
