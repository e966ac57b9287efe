"""A judge for verifiers and prime-rl: a rubric of the studio scores a trace, or the trace has no score.

    [[taskset.task.judges]]
    id = "rubricstudio-judge"
    url = "http://…"
    rubric = "letters@3"
    components = false

The token is read from the variable that `token_var` names. Where the studio cannot judge, the judge raises: verifiers
records an error, and no reward is made up.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

from verifiers.v1.configs.judge import JudgeConfig
from verifiers.v1.judge import Judge, JudgeView, judge_question, judge_response
from verifiers.v1.types import ID

from rubricstudio_client.errors import StudioError
from rubricstudio_client.gathering import Gathering, Setting, gathering_of
from rubricstudio_client.rewards import Item, Reward
from rubricstudio_client.rollouts import TOKEN


class NotJudged(StudioError):
    """The studio gave no reward; its status says why."""


class RubricStudioJudgeConfig(JudgeConfig):  # type: ignore[misc]
    """What a taskset's configuration says of the judge; the model is chosen in the studio, not here."""

    id: ID = "rubricstudio-judge"
    url: str = ""
    """Where the studio is; RUBRICSTUDIO_URL where it is empty."""
    token_var: str = TOKEN
    """The environment variable that holds the token."""
    rubric: str = ""
    """`slug@3`, `sha256:…` or `release:name`; a task's field `rubric_ref` goes before it."""
    studio_judge: str = ""
    """`name@2`; the workspace's own judge where it is empty."""
    training_run: str = ""
    """The id of a training run; its pin then says rubric and judge."""
    question_field: str = ""
    """The task's field to show as the prompt; the task's prompt where it is empty."""
    reference_field: str = "answer"
    """The task's field to show as the reference, where the task has one."""
    context_field: str = "context"
    """The task's field with the material that the answer is based on, where the task has one."""
    view: JudgeView = "last_reply"
    """What of the trace is judged."""
    components: bool = False
    """One reward for each criterion, its contribution, and `baseline`, which add up to the whole."""
    deadline: float = 300.0
    """Seconds after which what is not judged has no reward."""


class RubricStudioJudge(Judge[float, RubricStudioJudgeConfig]):  # type: ignore[misc]
    """Asks the studio; traces that come within a moment travel in one request."""

    async def score(self, task: Any, trace: Any) -> float | Mapping[str, float]:
        """The raw reward, or its parts; raises NotJudged where there is none."""
        reward = await self._gathering().judged(self._item(task, trace))
        number = reward.reward
        if number is None or not math.isfinite(number):
            raise NotJudged(f"The studio gave no reward: {reward.why}")
        trace.record_metric(f"{self.reward_name}/coverage", reward.coverage)
        for name, found in reward.criteria.items():
            if found.value is not None:
                trace.record_metric(f"{self.reward_name}/{name}", found.value)
        return _parts(reward, number) if self.config.components else number

    def _item(self, task: Any, trace: Any) -> Item:
        named = getattr(task, "rubric_ref", None)
        return Item(
            prompt=judge_question(task, self.config.question_field), response=judge_response(trace, self.config.view),
            reference=_text(task, self.config.reference_field), context=_text(task, self.config.context_field),
            rubric=named or None, prompt_id=getattr(task, "prompt_id", None), profile=getattr(task, "profile", None),
            group=None if task.idx is None else str(task.idx),
        )  # fmt: skip

    def _gathering(self) -> Gathering:
        config = self.config
        return gathering_of(
            Setting(
                config.url or None,
                os.environ.get(config.token_var) or None,
                config.rubric or None,
                config.studio_judge or None,
                config.training_run or None,
                config.deadline,
            )
        )


def _text(task: Any, name: str) -> str | None:
    """A field of the task as a text; several are put below each other."""
    found = getattr(task, name, None) if name else None
    if isinstance(found, (list, tuple)):
        found = "\n".join(map(str, found))
    return None if found is None else str(found)


def _parts(reward: Reward, number: float) -> dict[str, float]:
    """Contributions and what is left of the reward beside them, so that they add up."""
    parts = {name: found.contribution for name, found in reward.criteria.items() if found.contribution is not None}
    return {**parts, "baseline": number - math.fsum(parts.values())}


__all__ = ["RubricStudioJudge", "RubricStudioJudgeConfig"]
