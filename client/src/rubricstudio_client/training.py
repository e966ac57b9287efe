"""A training run's handle: pinned to a release or a version, and to a judge; telling how it goes."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict
from urllib.parse import quote

from rubricstudio_client import asking
from rubricstudio_client.rehearsing import Rehearsal
from rubricstudio_client.rewards import Item, Rewards
from rubricstudio_client.steps import Retry, Send, Steps, answered

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from rubricstudio_client.studio import Studio


Axis = Literal["criterion", "dimension", "tier", "aspect"]


class Registered(TypedDict, total=False):
    """What a new run may say of itself; a release or a rubric it must name.

    `shadow` is `{"judge", "share"}`: a second judge of some rollouts; `canaries` `{"dataset", "every"}`: known
    answers of which the judge is asked afresh. `novelty_beta` discounts what it has seen before; `parts` names the
    keys of components. Texts of rollouts are kept unless `keep_rollouts` is false, for `retention_days` at most.
    """

    release: str | None
    rubric: str | None
    judge: str | None
    policy_model: str | None
    config: Mapping[str, Any] | None
    parts: Axis | None
    novelty_beta: float | None
    shadow: Mapping[str, Any] | None
    canaries: Mapping[str, Any] | None
    keep_rollouts: bool | None
    retention_days: int | None


class TrainingRun:
    """Rewards asked for through it come from what it is pinned to, whatever becomes of the rubric meanwhile."""

    def __init__(self, studio: Studio, report: Mapping[str, Any]) -> None:
        self._studio = studio
        self.id = str(report["id"])
        self.name = str(report["name"])
        self.pin: Mapping[str, Any] = report["pin"]

    def rewards(self, items: asking.Items, **asked: Unpack[asking.Batch]) -> Rewards:
        """As `Studio.rewards`, under the pin."""
        asked["training_run"] = self.id
        return self._studio.rewards(items, **asked)

    async def arewards(self, items: asking.Items, **asked: Unpack[asking.Batch]) -> Rewards:
        """As `Studio.arewards`, under the pin."""
        asked["training_run"] = self.id
        return await self._studio.arewards(items, **asked)

    def reward_groups(self, items: asking.Items, **asked: Unpack[asking.Groups]) -> Rewards:
        """As `Studio.reward_groups`, under the pin."""
        asked["training_run"] = self.id
        return self._studio.reward_groups(items, **asked)

    async def areward_groups(self, items: asking.Items, **asked: Unpack[asking.Groups]) -> Rewards:
        """As `Studio.areward_groups`, under the pin."""
        asked["training_run"] = self.id
        return await self._studio.areward_groups(items, **asked)

    def reward_steps(self, items: asking.Items, **asked: Unpack[asking.Stepwise]) -> Rewards:
        """As `Studio.reward_steps`, under the pin."""
        asked["training_run"] = self.id
        return self._studio.reward_steps(items, **asked)

    async def areward_steps(self, items: asking.Items, **asked: Unpack[asking.Stepwise]) -> Rewards:
        """As `Studio.areward_steps`, under the pin."""
        asked["training_run"] = self.id
        return await self._studio.areward_steps(items, **asked)

    def reward_in_cohort(
        self, item: Item | Mapping[str, Any], *, key: str, size: int, timeout: float = 30.0,
        **asked: Unpack[asking.Cohort],
    ) -> Rewards:  # fmt: skip
        """As `Studio.reward_in_cohort`, under the pin."""
        asked["training_run"] = self.id
        return self._studio.reward_in_cohort(item, key=key, size=size, timeout=timeout, **asked)

    async def areward_in_cohort(
        self, item: Item | Mapping[str, Any], *, key: str, size: int, timeout: float = 30.0,  # noqa: ASYNC109
        **asked: Unpack[asking.Cohort],
    ) -> Rewards:  # fmt: skip
        """As `Studio.areward_in_cohort`, under the pin."""
        asked["training_run"] = self.id
        return await self._studio.areward_in_cohort(item, key=key, size=size, timeout=timeout, **asked)

    def dry_run(self, items: asking.Items, **asked: Unpack[asking.Asked]) -> Rehearsal:
        """As `Studio.dry_run`, under the pin."""
        asked["training_run"] = self.id
        return self._studio.dry_run(items, **asked)

    def telemetry(self, step: int, values: Mapping[str, float]) -> int:
        """Send numbers of a step; those that are not finite are left out. Sent again they replace the earlier ones."""
        return self._studio.run_steps(telemetry(self.id, step, values, self._studio.retry))

    async def atelemetry(self, step: int, values: Mapping[str, float]) -> int:
        """The same without blocking."""
        return await self._studio.arun_steps(telemetry(self.id, step, values, self._studio.retry))

    def report(self) -> dict[str, Any]:
        """What the studio knows of the run."""
        return self._studio.report(self.id)

    def repin(
        self,
        *,
        reason: str,
        release: str | None = None,
        rubric: str | None = None,
        judge: str | None = None,
        parts: Axis | None = None,
    ) -> None:
        """Pin the run to something else from now on; nothing else ever moves a pin. Left out, `parts` stay."""
        body = {"release": release, "rubric": rubric, "judge": judge, "parts": parts, "reason": reason}
        self.pin = self._studio.run_steps(change(self.id, "pin", body, self._studio.retry))["pin"]

    def close(self) -> None:
        """End the run: no more rewards are given under it."""
        self._studio.run_steps(change(self.id, "close", None, self._studio.retry))


def registration(*, name: str, **given: Any) -> dict[str, Any]:
    """The body of a registration; raises TypeError for what no run has."""
    strange = sorted(set(given) - set(Registered.__annotations__))
    if strange:
        raise TypeError(f"a training run has no {strange[0]}")
    return {"name": name, **given}


def change(run: str, what: str, body: Mapping[str, Any] | None, retry: Retry) -> Steps[dict[str, Any]]:
    """Change a run, once however often it is sent; its report."""
    given = None if body is None else {name: value for name, value in body.items() if value is not None}
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    send = Send("POST", f"training-runs/{quote(run, safe='')}/{what}", json=given, headers=headers)
    response = yield from answered(send, retry)
    found: dict[str, Any] = response.json()
    return found


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
