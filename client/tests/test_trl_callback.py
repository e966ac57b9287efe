"""What TRL logs reaches the studio under the step of its rewards; a studio that is away stops nothing."""

import math
from typing import Any, cast

from rubricstudio_client import TrainingRun, Unavailable
from rubricstudio_client.trl_callback import send


class Told:
    """A run that keeps what it is told, or is away."""

    def __init__(self, away: bool = False) -> None:
        self.away = away
        self.sent: list[tuple[int, dict[str, float]]] = []

    def telemetry(self, step: int, values: dict[str, float]) -> int:
        if self.away:
            raise Unavailable("The studio is away.")
        self.sent.append((step, dict(values)))
        return len(values)


def test_numbers_are_sent_under_the_step_of_their_rewards() -> None:
    told = Told()
    logs: dict[str, Any] = {"loss": 0.5, "reward": 1, "note": "x", "done": True, "kl": math.inf}
    assert send(cast("TrainingRun", told), 1, logs) == 3
    assert told.sent == [(0, {"loss": 0.5, "reward": 1.0, "kl": math.inf})]
    send(cast("TrainingRun", told), 0, {"loss": 1.0})
    assert told.sent[-1][0] == 0


def test_a_studio_that_is_away_is_a_warning(caplog: Any) -> None:
    assert send(cast("TrainingRun", Told(away=True)), 3, {"loss": 1.0}) == 0
    assert "was not sent" in caplog.text
