"""SkyRL's environment of one turn whose reward is a rubric's.

    from skyrl_gym.envs import register
    register(id="rubric", entry_point="rubricstudio_client.skyrl:RubricEnv")

A row has `env_class: rubric` and `reward_spec: {method: rubric, rubric_ref: letters@3, ground_truth: …}`. The studio is
named by the environment's configuration (`url`, `token`, `judge`, `training_run`, `floor`) or by RUBRICSTUDIO_URL and
RUBRICSTUDIO_TOKEN. SkyRL cannot be told that there is no reward: `floor` stands in, and the metadata say `failed`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

from rubricstudio_client.errors import Unavailable
from rubricstudio_client.rewards import Item, Reward
from rubricstudio_client.rollouts import content, group_of, studio_of
from rubricstudio_client.studio import Studio

COLUMNS = ("reference", "context", "prompt_id", "profile")


class RubricEnv(BaseTextEnv):  # type: ignore[misc]
    """One prompt, one answer, one reward."""

    def __init__(self, env_config: Any = None, extras: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._config: dict[str, Any] = dict(env_config or {})
        extras = extras or {}
        self._spec: dict[str, Any] = dict(extras.get("reward_spec") or {})
        self._prompt: Any = extras.get("prompt")
        self._metrics: dict[str, float] = {}

    def init(self, prompt: Any) -> tuple[Any, dict[str, Any]]:
        """Keep the prompt; it is shown to the judge."""
        self._prompt = prompt
        return prompt, {}

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """The reward of the answer; raises ValueError where there is no prompt, and what a refusal of the studio is."""
        reward = self._judged(self._item(action))
        number = None if reward is None else reward.reward
        self._metrics = {
            "rubric/failed": float(number is None), "rubric/coverage": reward.coverage if reward else 0.0,
        }  # fmt: skip
        told = {
            "failed": number is None,
            "status": "judge_error" if reward is None else reward.status,
            "why": "The studio is away." if reward is None else reward.why,
            "rubric": reward.rubric if reward else None,
            "criteria": {name: found.value for name, found in reward.criteria.items()} if reward else {},
        }
        floor = float(self._config.get("floor", 0.0))
        return BaseTextEnvStepOutput(
            observations=[], reward=floor if number is None else number, done=True, metadata=told
        )

    def get_metrics(self) -> dict[str, float]:
        """Whether the answer could not be judged, and how much of the rubric was."""
        return dict(self._metrics)

    def _item(self, action: str) -> Item:
        if self._prompt is None:
            raise ValueError("There is no prompt: SkyRL calls init(prompt) first, or the row has a column prompt.")
        prompt = content(self._prompt)
        given = {name: self._spec[name] for name in COLUMNS if self._spec.get(name) is not None}
        truth = self._spec.get("ground_truth")
        if "reference" not in given and isinstance(truth, str) and truth:
            given["reference"] = truth
        return Item(prompt=prompt, response=action, rubric=self._rubric(), group=group_of(prompt), **given)

    def _rubric(self) -> str | None:
        return self._spec.get("rubric_ref") or self._config.get("rubric") or None

    def _judged(self, item: Item) -> Reward | None:
        studio = _studio(self._config.get("url"), self._config.get("token"))
        common = {name: self._config.get(name) for name in ("judge", "training_run", "deadline")}
        try:
            return studio.rewards([item], **common)[0]
        except Unavailable:
            return None


@functools.cache
def _studio(url: str | None, token: str | None) -> Studio:
    """One for all environments of a process, so that its connections are kept."""
    return studio_of(url=url, token=token)
