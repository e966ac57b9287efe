"""What a worker does to measure, draft and refine rubrics."""

from apps.refinement.runners.causal_edits import edits_shard
from apps.refinement.runners.drafting import draft_shard, next_draft_shards
from apps.refinement.runners.margins import margins_shard, next_margin_shards
from apps.refinement.runners.measuring import measure_shard
from apps.refinement.runners.predicting import predict_shard

__all__ = [
    "draft_shard",
    "edits_shard",
    "margins_shard",
    "measure_shard",
    "next_draft_shards",
    "next_margin_shards",
    "predict_shard",
]
