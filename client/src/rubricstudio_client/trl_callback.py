"""What TRL logs, told to the studio: the curves of a training run beside its rewards.

run = studio.training_run("letters-1b", rubric="letters@3")
GRPOTrainer(..., reward_funcs=rubric_reward(studio=studio, training_run=run.id), callbacks=[telemetry(run)])
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from rubricstudio_client.errors import Unavailable
from rubricstudio_client.training import TrainingRun

log = logging.getLogger(__name__)
SUMMARY = "train_runtime"


def telemetry(run: TrainingRun) -> Any:
    """A callback that sends every logged number under the step whose completions it tells of.

    TRL logs after it has counted the step, and its rewards are asked for before, so the step is one less than the
    trainer's count. Only the first process sends. A studio that is away is a warning and no end of the training.
    """
    from transformers import TrainerCallback

    class Telemetry(TrainerCallback):  # type: ignore[misc, unused-ignore]
        """Sends what is logged."""

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:  # noqa: ARG002
            """Send the numbers; the summary at the end belongs to no step."""
            if state.is_world_process_zero and logs and SUMMARY not in logs:
                send(run, state.global_step, logs)

    return Telemetry()


def send(run: TrainingRun, counted: int, logs: Mapping[str, Any]) -> int:
    """Send what is a number of a log that was written after `counted` steps; how many were stored."""
    numbers = {
        name: float(value)
        for name, value in logs.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    try:
        return run.telemetry(max(0, counted - 1), numbers)
    except Unavailable as away:
        log.warning("the telemetry of step %d was not sent: %s", counted - 1, away)
        return 0
