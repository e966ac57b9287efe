"""verl's custom reward function: one rollout in, a dictionary with always the same keys out.

    reward:
      custom_reward_function:
        path: pkg://rubricstudio_client.verl
        name: compute_score
        reward_kwargs: {rubric: letters@3, url: "http://…", training_run: "…"}

The token is read from RUBRICSTUDIO_TOKEN. verl hands the function no prompt: put it into `extra_info["prompt"]`, or use
`rubricstudio_client.verl_manager.RubricRewardManager`, which has it.

verl cannot be told that there is no reward. A rollout that could not be judged gets the mean of those of its prompt
that were, so that it has no advantage, else `floor`, and `failed` is 1.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from rubricstudio_client.errors import Unavailable
from rubricstudio_client.gathering import Gathering, GroupMeans, Setting, gathering_of
from rubricstudio_client.rewards import Item, Reward
from rubricstudio_client.rollouts import content, group_of

log = logging.getLogger(__name__)
COLUMNS = ("reference", "context", "prompt_id", "profile")


class Scorer:
    """Judges rollouts under one rubric and answers with a fixed set of keys: `score`, `failed`, `coverage`, criteria.

    `criteria` are the ids that get a key `criterion/<id>` each; left out, they are those of `rubric`, and none where it
    names a release or is left to the rows.
    """

    def __init__(
        self, gathering: Gathering, *, floor: float = 0.0, clamped: bool = False, criteria: Sequence[str] | None = None
    ) -> None:
        self._gathering = gathering
        self._floor = floor
        self._clamped = clamped
        self._criteria = None if criteria is None else tuple(criteria)
        self._means = GroupMeans()

    async def score(self, item: Item) -> dict[str, float]:
        """The numbers of a rollout; mistakes such as an unknown rubric are errors, a studio that is away is not."""
        names = await self._names()
        try:
            reward = await self._gathering.judged(item)
        except Unavailable as away:
            log.warning("no reward for a rollout: %s", away)
            reward = None
        return self._numbers(item.group or group_of(item.prompt), names, reward)

    async def _names(self) -> tuple[str, ...]:
        if self._criteria is None:
            ref = self._gathering.rubric
            if ref is None or ref.startswith(("release:", "set:")):
                self._criteria = ()
            else:
                found = await self._gathering.studio.arubric(ref)
                self._criteria = tuple(str(criterion["id"]) for criterion in found.criteria)
        return self._criteria

    def _numbers(self, group: str, names: Sequence[str], reward: Reward | None) -> dict[str, float]:
        known = {} if reward is None else self._known(reward, names)
        self._means.learn(group, known)
        judged = "score" in known
        wanted = ["score", *(f"criterion/{name}" for name in names)]
        filled = {
            name: known[name] if name in known else self._means.of(group, name, self._floor if name == "score" else 0.0)
            for name in wanted
        }
        return {**filled, "failed": float(not judged), "coverage": reward.coverage if judged and reward else 0.0}

    def _known(self, reward: Reward, names: Sequence[str]) -> dict[str, float]:
        number = reward.display if self._clamped else reward.reward
        if number is None:
            return {}
        values = {name: reward.criteria[name].value for name in names if name in reward.criteria}
        return {"score": number, **{f"criterion/{name}": value for name, value in values.items() if value is not None}}


async def compute_score(
    data_source: str,  # noqa: ARG001
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    rubric: str | None = None,
    url: str | None = None,
    token: str | None = None,
    judge: str | None = None,
    training_run: str | None = None,
    deadline: float | None = None,
    floor: float = 0.0,
    clamped: bool = False,
    criteria: Sequence[str] | None = None,
    **_: Any,
) -> dict[str, float]:
    """What verl calls for each rollout; `extra_info` brings `prompt` and may bring `rubric_ref`, `prompt_id`, `group`.

    A text `ground_truth` is the reference where `extra_info` has none. Raises ValueError where there is no prompt.
    """
    setting = Setting(url, token, rubric, judge, training_run, deadline)
    scorer = scorer_for(setting, floor, clamped, None if criteria is None else tuple(criteria))
    return await scorer.score(item_of(solution_str, ground_truth, extra_info or {}))


@functools.cache
def scorer_for(setting: Setting, floor: float, clamped: bool, criteria: tuple[str, ...] | None) -> Scorer:
    """One scorer for each setting of a process, so that its rollouts travel together and its groups are known."""
    return Scorer(gathering_of(setting), floor=floor, clamped=clamped, criteria=criteria)


def item_of(solution: str, ground_truth: Any, extra: Mapping[str, Any]) -> Item:
    """A rollout as the studio takes it."""
    told = extra.get("prompt")
    if told is None:
        raise ValueError(
            "verl gives its reward functions no prompt: put it into extra_info['prompt'], or use RubricRewardManager."
        )
    said = content(list(told) if not isinstance(told, str) else told)
    given = {name: extra[name] for name in COLUMNS if extra.get(name) is not None}
    if "reference" not in given and isinstance(ground_truth, str) and ground_truth:
        given["reference"] = ground_truth
    return Item(
        prompt=said, response=solution, rubric=extra.get("rubric_ref") or None,
        group=str(extra["group"]) if extra.get("group") is not None else group_of(said), **given,
    )  # fmt: skip
