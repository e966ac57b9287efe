"""A training run's handle: pinned to a release or a version, and to a judge; telling how it goes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rubricstudio_client.rewards import Item, Rewards
from rubricstudio_client.steps import Retry, Send, Steps, answered

if TYPE_CHECKING:
    from rubricstudio_client.studio import Studio


class TrainingRun:
    """Rewards asked for through it come from what it is pinned to, whatever becomes of the rubric meanwhile."""

    def __init__(self, studio: Studio, report: Mapping[str, Any]) -> None:
        self._studio = studio
        self.id = str(report["id"])
        self.name = str(report["name"])
        self.pin: Mapping[str, Any] = report["pin"]

    def rewards(self, items: Iterable[Item | Mapping[str, Any]], **more: Any) -> Rewards:
        """As `Studio.rewards`, under the pin."""
        return self._studio.rewards(items, training_run=self.id, **more)

    async def arewards(self, items: Iterable[Item | Mapping[str, Any]], **more: Any) -> Rewards:
        """As `Studio.arewards`, under the pin."""
        return await self._studio.arewards(items, training_run=self.id, **more)

    def telemetry(self, step: int, values: Mapping[str, float]) -> int:
        """Send numbers of a step; those that are not finite are left out. Sent again they replace the earlier ones."""
        return self._studio.run_steps(telemetry(self.id, step, values, self._studio.retry))

    async def atelemetry(self, step: int, values: Mapping[str, float]) -> int:
        """The same without blocking."""
        return await self._studio.arun_steps(telemetry(self.id, step, values, self._studio.retry))

    def report(self) -> dict[str, Any]:
        """What the studio knows of the run."""
        return self._studio.report(self.id)


def register(body: Mapping[str, Any], key: str, retry: Retry) -> Steps[dict[str, Any]]:
    """Make a handle, once for each key."""
    given = {name: value for name, value in body.items() if value is not None}
    response = yield from answered(Send("POST", "training-runs", json=given, headers={"Idempotency-Key": key}), retry)
    found: dict[str, Any] = response.json()
    return found


def telemetry(run: str, step: int, values: Mapping[str, float], retry: Retry) -> Steps[int]:
    """Send the finite numbers."""
    finite = {name: float(value) for name, value in values.items() if math.isfinite(value)}
    if not finite:
        return 0
    body = {"points": [{"step": step, "values": finite}]}
    response = yield from answered(Send("POST", f"training-runs/{run}/telemetry", json=body), retry)
    return int(response.json()["stored"])


def report(run: str, retry: Retry) -> Steps[dict[str, Any]]:
    """Read what the studio knows of a run."""
    response = yield from answered(Send("GET", f"training-runs/{quote(run, safe='')}/report"), retry)
    found: dict[str, Any] = response.json()
    return found
