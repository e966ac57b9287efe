"""What a worker does to measure, draft and refine rubrics."""

from apps.refinement.runners.measuring import measure_shard

__all__ = ["measure_shard"]
