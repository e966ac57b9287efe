"""Twenty steps of GRPO with a random Llama of two layers; runs in the trainers' environment, without the studio."""

import json
import math
import os
import urllib.request
from pathlib import Path
from typing import Any

from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from rubricstudio_client import Studio
from rubricstudio_client.trl import criterion_rewards, reward_weights, rubric_reward
from rubricstudio_client.trl_callback import telemetry

SAID = "take your tablets each morning the drug is bisoprolol you blame dose letter for"
WORDS = ["<pad>", "<eos>", "<unk>", *SAID.split(" ")]


def tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>", padding_side="left"
    )


def model() -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=len(WORDS), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=128, pad_token_id=0, eos_token_id=1, bos_token_id=1,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def watched(function: Any, seen: dict[str, list[Any]]) -> Any:
    """The same function, keeping what it gave and what it told TRL."""

    async def reward(
        prompts: list[Any], completions: list[Any], *, log_extra: Any, log_metric: Any, **columns: Any
    ) -> list[float | None]:
        def extra(column: str, values: list[Any]) -> None:
            if column == "rubric_status":
                seen["statuses"].append(list(values))
            log_extra(column, values)

        def metric(name: str, value: float) -> None:
            if name == "rubric/unscored":
                seen["unscored"].append(value)
            log_metric(name, value)

        found: list[float | None] = await function(prompts, completions, **columns, log_extra=extra, log_metric=metric)
        seen["rewards"].append(found)
        return found

    reward.__name__ = function.__name__
    return reward


class Faults(TrainerCallback):  # type: ignore[misc, unused-ignore]
    """Has the judge fail on steps as FAULTS says, and keeps the advantages that TRL made of each step's rewards."""

    def __init__(self, seen: dict[str, list[Any]], generations: int) -> None:
        self.trainer: GRPOTrainer | None = None
        self._faults = {int(step): times for step, times in json.loads(os.environ["FAULTS"]).items()}
        self._seen = seen
        self._generations = generations

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Before the completions of a step are made and judged."""
        times = self._faults.get(state.global_step, 0)
        told = {"mode": "nan", "times": times} if times else {"mode": "ok"}
        ask = urllib.request.Request(f"{os.environ['ENGINE_URL']}/_fake", json.dumps(told).encode())
        urllib.request.urlopen(ask, timeout=30).close()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """After the policy has learnt from them."""
        assert self.trainer is not None
        self._seen["advantages"].append(list(self.trainer._logs["advantages"])[-self._generations :])


def main() -> None:
    steps, generations = int(os.environ["STEPS"]), int(os.environ["GENERATIONS"])
    studio = Studio(os.environ["STUDIO_URL"], os.environ["STUDIO_TOKEN"])
    seen: dict[str, list[Any]] = {"rewards": [], "statuses": [], "unscored": [], "advantages": []}
    more: dict[str, Any] = {}
    run = studio.training_run(f"grpo {os.environ['HOW']}", rubric=os.environ["RUBRIC"], policy_model="random-llama")
    if os.environ["HOW"] == "total":
        functions = [rubric_reward(os.environ["RUBRIC"], studio=studio, training_run=run.id)]
    else:
        functions = criterion_rewards(os.environ["RUBRIC"], studio=studio, training_run=run.id)
        more = {"reward_weights": reward_weights(functions), "multi_objective_aggregation": "normalize_then_sum"}
    config = GRPOConfig(
        output_dir=os.environ["OUTPUT"], num_generations=generations, per_device_train_batch_size=generations,
        max_steps=steps, max_completion_length=12, learning_rate=1e-3, use_cpu=True, bf16=False, report_to=[],
        save_strategy="no", logging_steps=1, seed=7, generation_kwargs={"min_new_tokens": 8}, **more,
    )  # fmt: skip
    prompts = Dataset.from_list([{"prompt": "letter for the drug"}, {"prompt": "take your tablets"}] * steps)
    faults = Faults(seen, generations)
    trainer = GRPOTrainer(
        model=model(), reward_funcs=[watched(function, seen) for function in functions], args=config,
        train_dataset=prompts, processing_class=tokenizer(), callbacks=[telemetry(run), faults],
    )  # fmt: skip
    faults.trainer = trainer
    trainer.train()
    losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    result = {**seen, "steps": trainer.state.global_step, "finite": all(math.isfinite(loss) for loss in losses)}
    Path(os.environ["RESULT"]).write_text(json.dumps(result))


if __name__ == "__main__":
    main()
