"""What a worker does for review: drawing queues that take long, and reading what people wrote."""

from apps.review.runners.commenting import group_after, read_shard
from apps.review.runners.filling import draw_shard, finish_draw, put_in

__all__ = ["draw_shard", "finish_draw", "group_after", "put_in", "read_shard"]
