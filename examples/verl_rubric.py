"""verl: its reward manager with a rubric's rewards. Needs `pip install rubricstudio-client verl`, no GPU for this much.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio. The same `reward` stands in the
configuration of a training run; verl takes no answer without a number, so `failed` says where it is a stand-in.
"""

import asyncio
import json
import os

import numpy as np
import torch
from omegaconf import OmegaConf
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager

PROMPT = [{"role": "user", "content": "Write a discharge letter for a patient who was given bisoprolol."}]
NOTES = "Palpitations. New: bisoprolol 5 mg each morning. Verapamil was stopped. Control on 3 May with Dr Weiss."
ANSWERS = ("Take 5 mg of bisoprolol each morning", "You should have known better")
CONFIG = {
    "reward": {
        "custom_reward_function": {
            "path": "pkg://rubricstudio_client.verl",
            "name": "compute_score",
            "reward_kwargs": {"rubric": os.environ["RUBRIC"], "floor": 0.0},
        },
        "reward_manager": {
            "source": "importlib",
            "name": "RubricRewardManager",
            "module": {"path": "pkg://rubricstudio_client.verl_manager"},
        },
    }
}


def tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of whole words, so that nothing has to be downloaded."""
    words = ["<pad>", *sorted({word for answer in ANSWERS for word in answer.split()})]
    whole = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<pad>"))
    whole.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=whole, pad_token="<pad>")


def rollouts(of: PreTrainedTokenizerFast) -> DataProto:
    """The answers as verl's agent loop hands them over."""
    told = of(list(ANSWERS), return_tensors="pt", padding=True, padding_side="right")
    prompts = torch.ones((len(ANSWERS), 1), dtype=torch.long)
    mask = torch.cat([torch.ones_like(prompts), told["attention_mask"]], dim=1)
    rows = {
        "raw_prompt": [PROMPT] * len(ANSWERS), "data_source": ["letters"] * len(ANSWERS),
        "reward_model": [{"ground_truth": ""}] * len(ANSWERS), "uid": ["p0"] * len(ANSWERS),
        "extra_info": [{"context": NOTES}] * len(ANSWERS),
    }  # fmt: skip
    arrays = {name: np.empty(len(ANSWERS), dtype=object) for name in rows}
    for name, values in rows.items():
        arrays[name][:] = values if not isinstance(values[0], list) else [None] * len(values)
        for place, value in enumerate(values):
            arrays[name][place] = value
    tensors = {"prompts": prompts, "responses": told["input_ids"], "attention_mask": mask}
    return DataProto.from_dict(tensors=tensors, non_tensors=arrays)


async def judged(manager: object, data: DataProto) -> list[dict[str, object]]:
    """All at once, as verl's workers do."""
    return await asyncio.gather(*(manager.run_single(data[place : place + 1]) for place in range(len(data))))


words = tokenizer()
manager = load_reward_manager(OmegaConf.create(CONFIG), words)
for told in manager.loop.run_until_complete(judged(manager, rollouts(words))):
    extra = told["reward_extra_info"]
    print(json.dumps({"reward": told["reward_score"], "failed": bool(extra["failed"]), "keys": sorted(extra)}))
