"""Reward functions for TRL's GRPOTrainer and RLOOTrainer: lists in, a number or None for each completion out.

    trainer = GRPOTrainer(..., reward_funcs=rubric_reward("letters@3", url="http://…", token="rs_…"))

A completion that could not be judged gets None, which TRL leaves out of its group; it never gets a made-up number.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from rubricstudio_client.errors import Unavailable
from rubricstudio_client.rewards import Item, Reward, Rewards
from rubricstudio_client.rollouts import content, group_of, studio_of
from rubricstudio_client.studio import Studio

log = logging.getLogger(__name__)
COLUMNS = ("reference", "context", "prompt_id", "profile")
KEPT_BATCHES = 4


class RewardFunction(Protocol):
    """What TRL calls; `weight` is the criterion's share where the function stands for one."""

    __name__: str
    weight: float

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> Awaitable[list[float | None]]:
        """One number, or None, for each completion."""


def rubric_reward(
    rubric: str | None = None,
    *,
    studio: Studio | None = None,
    url: str | None = None,
    token: str | None = None,
    judge: str | None = None,
    training_run: str | None = None,
    deadline: float | None = None,
    clamped: bool = False,
    name: str = "rubric",
) -> RewardFunction:
    """One reward for the whole rubric; a data set column `rubric_ref` names another one row by row.

    `clamped` takes the reward cut to [0, 1] instead of the raw one, which is negative where pitfalls outweigh.
    """
    batch = _Batches(studio_of(studio, url, token), rubric, judge, training_run, deadline)

    def number(reward: Reward) -> float | None:
        return reward.display if clamped else reward.reward

    return _function(batch, name, number, tells=True)


def criterion_rewards(
    rubric: str,
    *,
    studio: Studio | None = None,
    url: str | None = None,
    token: str | None = None,
    judge: str | None = None,
    training_run: str | None = None,
    deadline: float | None = None,
) -> list[RewardFunction]:
    """One function for each criterion, all fed by one request a batch: for `normalize_then_sum`.

    A pitfall counts negatively. `reward_weights(functions)` gives the rubric's weights in the same order.
    """
    door = studio_of(studio, url, token)
    found = door.rubric(rubric)
    batch = _Batches(door, found.digest, judge, training_run, deadline)
    functions = []
    for place, criterion in enumerate(found.criteria):
        function = _function(batch, f"rubric/{criterion['id']}", _value_of(criterion), tells=place == 0)
        function.weight = float(criterion.get("weight", 1.0))
        functions.append(function)
    return functions


def reward_weights(functions: Sequence[RewardFunction]) -> list[float]:
    """What `GRPOConfig(reward_weights=…)` takes."""
    return [function.weight for function in functions]


def _value_of(criterion: Mapping[str, Any]) -> Callable[[Reward], float | None]:
    sign = -1.0 if criterion.get("polarity") == "negative" else 1.0

    def number(reward: Reward) -> float | None:
        if reward.reward is None:
            return None
        found = reward.criteria.get(str(criterion["id"]))
        return sign * found.value if found is not None and found.value is not None else None

    return number


def _function(batches: _Batches, name: str, number: Callable[[Reward], float | None], *, tells: bool) -> RewardFunction:
    async def reward(
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Any = None,  # noqa: ARG001
        *,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        trainer_state: Any = None,
        **columns: Any,
    ) -> list[float | None]:
        step = getattr(trainer_state, "global_step", None)
        rewards = await batches.judged(_items(prompts, completions, columns), step)
        if rewards is None:
            return [None] * len(prompts)
        if tells:
            _tell(rewards, log_extra, log_metric)
        if tells and len(rewards) and not any(one.ok for one in rewards):
            log.warning("none of %d completions has a reward: %s", len(rewards), rewards[0].why)
        return [_finite(number(one)) for one in rewards]

    reward.__name__ = name
    reward.weight = 1.0  # type: ignore[attr-defined]
    return reward  # type: ignore[return-value]


def _items(prompts: Sequence[Any], completions: Sequence[Any], columns: Mapping[str, Any]) -> list[Item]:
    refs = columns.get("rubric_ref") or [None] * len(prompts)
    given = {name: columns[name] for name in COLUMNS if isinstance(columns.get(name), (list, tuple))}
    fields: list[dict[str, Any]] = [
        {name: values[place] or None for name, values in given.items()} for place in range(len(prompts))
    ]
    return [
        Item(
            prompt=content(prompt),
            response=content(completion),
            id=str(place),
            rubric=refs[place] or None,
            group=group_of(prompt),
            **fields[place],
        )
        for place, (prompt, completion) in enumerate(zip(prompts, completions, strict=True))
    ]


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _tell(
    rewards: Rewards,
    log_extra: Callable[[str, list[Any]], None] | None,
    log_metric: Callable[[str, float], None] | None,
) -> None:
    """What TRL logs beside the reward: why some have none, and how much of the rubric was judged."""
    if log_extra is not None:
        log_extra("rubric_status", [reward.status for reward in rewards])
        log_extra("rubric", [reward.rubric or "" for reward in rewards])
    if log_metric is not None and len(rewards):
        log_metric("rubric/unscored", sum(not reward.ok for reward in rewards) / len(rewards))
        log_metric("rubric/coverage", sum(reward.coverage for reward in rewards) / len(rewards))


class _Batches:
    """Judges a batch once, however many functions ask for it at the same time."""

    def __init__(
        self, studio: Studio, rubric: str | None, judge: str | None, training_run: str | None, deadline: float | None
    ) -> None:
        self._studio = studio
        self._common: dict[str, Any] = {"rubric": rubric, "judge": judge, "training_run": training_run}
        self._deadline = deadline
        self._running: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Task[Any]]] = (
            weakref.WeakKeyDictionary()
        )

    async def judged(self, items: list[Item], step: int | None) -> Rewards | None:
        """The rewards; None where the studio is away, which is a warning and no end of the training."""
        running = self._running.setdefault(asyncio.get_running_loop(), {})
        content = json.dumps([item.body(0) for item in items], sort_keys=True, default=str)
        key = f"{step}:{hashlib.sha256(content.encode()).hexdigest()}"
        task = running.get(key)
        if task is None:
            task = asyncio.create_task(self._studio.arewards(items, step=step, deadline=self._deadline, **self._common))
            running[key] = task
            for old in list(running)[:-KEPT_BATCHES]:
                del running[old]
        try:
            return await task  # type: ignore[no-any-return]
        except Unavailable as away:
            log.warning("no rewards for %d completions: %s", len(items), away)
            return None
