"""What workers do for judging."""

from apps.judging.runners.judging import finish_run, judge_shard
from apps.judging.runners.probing import finish_test, test_shard
from apps.judging.runners.replaying import replay_shard
from apps.judging.runners.writing import ScoreRow, write_scores

__all__ = ["ScoreRow", "finish_run", "finish_test", "judge_shard", "replay_shard", "test_shard", "write_scores"]
