"""What a worker does for audits."""

from apps.audit.runners.auditing import all_shard, audit_shard, begun, fill, recorded
from apps.audit.runners.benchmarking import benchmark_shard, results_of

__all__ = ["all_shard", "audit_shard", "begun", "benchmark_shard", "fill", "recorded", "results_of"]
