"""NeMo-Gym's resources server whose reward is a rubric's. The `app.py` of a server is two lines:

    from rubricstudio_client.nemo_gym import RubricResourcesServer
    RubricResourcesServer.run_webserver()

Its configuration may say `url`, `rubric`, `studio_judge`, `training_run`, `deadline`; the token is read from the
variable that `token_var` names. A task's row says `rubric_ref` where tasks have rubrics of their own, and may bring
`reference`, `context`, `prompt_id`, `profile`, `group`. What could not be judged raises Gym's JudgeError: Gym masks it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from nemo_gym.base_resources_server import (
    BaseMultiRewardVerifyResponse,
    BaseResourcesServerConfig,
    BaseVerifyRequest,
    ReverifyMode,
    SimpleResourcesServer,
)
from nemo_gym.judge import JudgeError
from pydantic import ConfigDict, PrivateAttr

from rubricstudio_client.errors import Unavailable
from rubricstudio_client.gathering import Gathering, Setting, gathering_of
from rubricstudio_client.rewards import Item, Reward
from rubricstudio_client.rollouts import TOKEN, group_of

COLUMNS = ("reference", "context", "prompt_id", "profile")


class RubricResourcesServerConfig(BaseResourcesServerConfig):  # type: ignore[misc]
    """What the server's YAML says of the studio."""

    REVERIFY_MODE: ClassVar[ReverifyMode] = ReverifyMode.STATELESS
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
    deadline: float = 300.0
    """Seconds after which what is not judged has no reward."""


class RubricVerifyRequest(BaseVerifyRequest):  # type: ignore[misc]
    """A rollout with its task's own fields."""

    model_config = ConfigDict(extra="allow")


class RubricVerifyResponse(BaseMultiRewardVerifyResponse):  # type: ignore[misc]
    """The rollout with its reward, and parts that add up to it."""

    model_config = ConfigDict(extra="allow")
    rubric_coverage: float


class RubricResourcesServer(SimpleResourcesServer):  # type: ignore[misc]
    """Asks the studio; rollouts that come within a moment travel in one request."""

    config: RubricResourcesServerConfig
    _criteria: tuple[str, ...] | None = PrivateAttr(None)

    async def verify(self, body: RubricVerifyRequest) -> RubricVerifyResponse:
        """The raw reward and its parts; JudgeError where there is none, and an error where the set-up is wrong."""
        told = body.model_dump(mode="json")
        gathering = self._gathering()
        try:
            reward = await gathering.judged(item_of(told))
        except Unavailable as away:
            raise JudgeError(str(away)) from away
        number = reward.reward
        if number is None or not math.isfinite(number):
            raise JudgeError(f"The studio gave no reward: {reward.why}")
        if self._criteria is None:
            self._criteria = await criteria_of(gathering)
        names = () if told.get("rubric_ref") else self._criteria
        given = {"reward": number, "reward_components": parts(reward, number, names)}
        return RubricVerifyResponse(**told | given | {"rubric_coverage": reward.coverage})

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


def item_of(body: Mapping[str, Any]) -> Item:
    """A body of `verify` as the studio takes it; raises ValueError where the task has no input."""
    prompt = _messages(body["responses_create_params"].get("input"))
    if not prompt:
        raise ValueError("The task has no input that is text.")
    given = {name: body[name] for name in COLUMNS if body.get(name) is not None}
    group = body.get("group")
    return Item(
        prompt=prompt, response=_said(body["response"].get("output")), rubric=body.get("rubric_ref") or None,
        group=group_of(prompt) if group is None else str(group), **given,
    )  # fmt: skip


async def criteria_of(gathering: Gathering) -> tuple[str, ...]:
    """The criteria of the one rubric that the server is configured with; none where it names many, or a run's pin."""
    ref = gathering.rubric
    if ref is None or ref.startswith(("release:", "set:")):
        return ()
    found = await gathering.studio.arubric(ref)
    return tuple(str(criterion["id"]) for criterion in found.criteria)


def parts(reward: Reward, number: float, names: Sequence[str]) -> dict[str, float]:
    """Contributions of the criteria and `baseline`, what is left of the reward; without names the reward alone.

    Gym wants the same names for every task, so tasks with rubrics of their own have the one part.
    """
    if not names:
        return {"reward": number}
    found = {name: reward.criteria[name].contribution or 0.0 if name in reward.criteria else 0.0 for name in names}
    return {**found, "baseline": number - math.fsum(found.values())}


def _messages(given: Any) -> Any:
    """The input of the Responses API as messages: a text, or items with role and content."""
    if isinstance(given, str):
        return given
    turns = [{"role": str(one["role"]), "content": _text(one.get("content"))} for one in given or () if one.get("role")]
    return [turn for turn in turns if turn["content"]]


def _said(output: Any) -> str:
    """What the policy said in its messages; reasoning and calls of tools are no part of the answer."""
    return "\n\n".join(
        filter(None, (_text(one.get("content")) for one in output or () if one.get("type") == "message"))
    )


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text") or "") for part in content or ())
