"""What can be done with audits."""

from apps.audit.services.auditing import ALL, AT_ONCE, AUDIT, MOST_SEED, run_again, run_all, run_audit

__all__ = ["ALL", "AT_ONCE", "AUDIT", "MOST_SEED", "run_again", "run_all", "run_audit"]
