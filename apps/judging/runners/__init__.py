"""What workers do for judging."""

from apps.judging.runners.combining import combine
from apps.judging.runners.ensembles import write_ensemble
from apps.judging.runners.escalating import next_shards
from apps.judging.runners.judging import finish_run, judge_shard, run_shard
from apps.judging.runners.probing import finish_test, test_shard
from apps.judging.runners.replaying import replay_shard
from apps.judging.runners.rescoring import CELLS as RESCORED_AT_ONCE
from apps.judging.runners.rescoring import rescore, rescore_shard
from apps.judging.runners.weighing import fit_weights
from apps.judging.runners.writing import ScoreRow, write_scores

__all__ = [
    "RESCORED_AT_ONCE",
    "ScoreRow",
    "combine",
    "finish_run",
    "finish_test",
    "fit_weights",
    "judge_shard",
    "next_shards",
    "replay_shard",
    "rescore",
    "rescore_shard",
    "run_shard",
    "test_shard",
    "write_ensemble",
    "write_scores",
]
