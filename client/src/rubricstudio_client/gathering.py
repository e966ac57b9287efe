"""For trainers that ask for one reward at a time: rollouts that come within a moment travel in one request."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from rubricstudio_client.asking import MOST_ITEMS
from rubricstudio_client.rewards import Item, Reward
from rubricstudio_client.rollouts import studio_of
from rubricstudio_client.studio import Studio

PAUSE = 0.02
KEPT_GROUPS = 4096

_Waiting = tuple[Item, "asyncio.Future[Reward]"]


class Gathering:
    """Joins what is asked for within `pause` seconds, up to `most` rollouts; safe for several event loops."""

    def __init__(
        self, studio: Studio, *, rubric: str | None = None, judge: str | None = None, training_run: str | None = None,
        deadline: float | None = None, pause: float = PAUSE, most: int = MOST_ITEMS,
    ) -> None:  # fmt: skip
        self.studio = studio
        self.rubric = rubric
        self._common: dict[str, Any] = {
            "rubric": rubric, "judge": judge, "training_run": training_run, "deadline": deadline,
        }  # fmt: skip
        self._pause = pause
        self._most = most
        self._waiting: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, list[_Waiting]] = (
            weakref.WeakKeyDictionary()
        )
        self._tasks: set[asyncio.Task[None]] = set()

    async def judged(self, item: Item) -> Reward:
        """The reward of one rollout; raises what the studio's refusal of its request is."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting.setdefault(loop, [])
        answer: asyncio.Future[Reward] = loop.create_future()
        waiting.append((item, answer))
        if len(waiting) == 1:
            self._start(self._soon(loop))
        elif len(waiting) >= self._most:
            self._start(self._send(self._taken(loop)))
        return await answer

    async def _soon(self, loop: asyncio.AbstractEventLoop) -> None:
        await asyncio.sleep(self._pause)
        await self._send(self._taken(loop))

    def _taken(self, loop: asyncio.AbstractEventLoop) -> list[_Waiting]:
        return self._waiting.pop(loop, [])

    async def _send(self, waiting: list[_Waiting]) -> None:
        if not waiting:
            return
        try:
            items = [dataclasses.replace(item, id=str(place)) for place, (item, _) in enumerate(waiting)]
            rewards = await self.studio.arewards(items, **self._common)
        except BaseException as failed:  # Whatever it is, each of those who wait is told.
            for _, answer in waiting:
                if not answer.done():
                    answer.set_exception(failed if isinstance(failed, Exception) else RuntimeError("was stopped"))
            if not isinstance(failed, Exception):
                raise
            return
        for (_, answer), reward in zip(waiting, rewards, strict=True):
            if not answer.done():
                answer.set_result(reward)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@dataclasses.dataclass(frozen=True)
class Setting:
    """Which studio, and under which rubric, judge and training run; None is left to the environment or the rows."""

    url: str | None = None
    token: str | None = None
    rubric: str | None = None
    judge: str | None = None
    training_run: str | None = None
    deadline: float | None = None


@functools.cache
def gathering_of(setting: Setting) -> Gathering:
    """One for each setting of a process: trainers make their reward objects anew for every rollout."""
    return Gathering(
        studio_of(url=setting.url, token=setting.token), rubric=setting.rubric, judge=setting.judge,
        training_run=setting.training_run, deadline=setting.deadline,
    )  # fmt: skip


@dataclasses.dataclass
class _Known:
    """The sum and count of each number that was judged in a group."""

    sums: dict[str, float] = dataclasses.field(default_factory=dict)
    counts: dict[str, int] = dataclasses.field(default_factory=dict)


class GroupMeans:
    """Means of what was judged in each group, for trainers that have no way to say that there is no reward.

    A rollout without a reward that gets the mean of its group has no advantage over the others: it teaches nothing.
    The last 4,096 groups are remembered.
    """

    def __init__(self) -> None:
        self._groups: OrderedDict[str, _Known] = OrderedDict()

    def learn(self, group: str, numbers: Mapping[str, float]) -> None:
        """Take in what one rollout of a group was judged."""
        known = self._groups.setdefault(group, _Known())
        self._groups.move_to_end(group)
        for name, number in numbers.items():
            known.sums[name] = known.sums.get(name, 0.0) + number
            known.counts[name] = known.counts.get(name, 0) + 1
        while len(self._groups) > KEPT_GROUPS:
            self._groups.popitem(last=False)

    def of(self, group: str, name: str, floor: float) -> float:
        """The mean of a number in a group; `floor` where none of the group was judged yet."""
        known = self._groups.get(group)
        if known is None or not known.counts.get(name):
            return floor
        return known.sums[name] / known.counts[name]
