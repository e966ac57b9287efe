"""What a worker does for review: drawing queues that take long."""

from apps.review.runners.filling import draw_shard, finish_draw, put_in

__all__ = ["draw_shard", "finish_draw", "put_in"]
