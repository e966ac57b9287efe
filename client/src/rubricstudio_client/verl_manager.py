"""verl's reward manager that knows the prompt: for `reward.reward_manager` with `source: importlib`.

reward:
  reward_manager:
    source: importlib
    name: RubricRewardManager
    module: {path: pkg://rubricstudio_client.verl_manager}
  custom_reward_function:
    path: pkg://rubricstudio_client.verl
    name: compute_score
    reward_kwargs: {rubric: letters@3, url: "http://…"}
"""

from __future__ import annotations

from typing import Any

from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase

from rubricstudio_client.rollouts import content


class RubricRewardManager(RewardManagerBase):  # type: ignore[misc]
    """Decodes a rollout and hands it to `compute_score` together with its prompt and the group it belongs to."""

    def __init__(self, config: Any, tokenizer: Any, compute_score: Any, **_: Any) -> None:
        if compute_score is None:
            raise ValueError("Name compute_score of rubricstudio_client.verl as the custom reward function.")
        super().__init__(config, tokenizer, compute_score)

    async def run_single(self, data: Any) -> dict[str, Any]:
        """The reward of the last sequence of a rollout, with the numbers beside it."""
        row = data[-1:][0]
        tokens = row.batch["responses"]
        length = int(row.batch["attention_mask"][-tokens.shape[-1] :].sum())
        response = await self.loop.run_in_executor(
            None, lambda: self.tokenizer.decode(tokens[:length], skip_special_tokens=True)
        )
        told = row.non_tensor_batch
        extra = dict(told.get("extra_info") or {})
        if told.get("raw_prompt") is not None:
            extra["prompt"] = content(list(told["raw_prompt"]))
        if told.get("uid") is not None:
            extra.setdefault("group", str(told["uid"]))
        numbers = await self.compute_score(
            data_source=told.get("data_source"), solution_str=response,
            ground_truth=(told.get("reward_model") or {}).get("ground_truth"), extra_info=extra,
        )  # fmt: skip
        return {"reward_score": numbers["score"], "reward_extra_info": dict(numbers)}
