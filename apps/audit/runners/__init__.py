"""What workers do for audits."""

from apps.audit.runners.auditing import all_shard, audit_shard, begun, fill, recorded

__all__ = ["all_shard", "audit_shard", "begun", "fill", "recorded"]
