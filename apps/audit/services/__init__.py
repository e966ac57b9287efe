"""What can be done with audits."""

from apps.audit.services.auditing import ALL, AT_ONCE, AUDIT, MOST_SEED, run_again, run_all, run_audit
from apps.audit.services.benchmarking import MOST_SCORERS, Scored, compare_results, score_benchmark
from apps.audit.services.exams import create_exam, mark_sitting, retire_exam, revoke_sitting, sit_exam
from apps.audit.services.planning import end_plan, plan_audit, run_planned
from apps.audit.services.probing import MOST_PROMPTS, Probed, make_probes, preview_probes

__all__ = [
    "ALL",
    "AT_ONCE",
    "AUDIT",
    "MOST_PROMPTS",
    "MOST_SCORERS",
    "MOST_SEED",
    "Probed",
    "Scored",
    "compare_results",
    "create_exam",
    "end_plan",
    "make_probes",
    "mark_sitting",
    "plan_audit",
    "preview_probes",
    "retire_exam",
    "revoke_sitting",
    "run_again",
    "run_all",
    "run_audit",
    "run_planned",
    "score_benchmark",
    "sit_exam",
]
