"""What a worker does to measure, draft and refine rubrics."""

from apps.refinement.runners.drafting import draft_shard, next_draft_shards
from apps.refinement.runners.measuring import measure_shard
from apps.refinement.runners.predicting import predict_shard

__all__ = ["draft_shard", "measure_shard", "next_draft_shards", "predict_shard"]
