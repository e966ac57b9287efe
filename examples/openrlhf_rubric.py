"""OpenRLHF: the studio is its remote reward model, by address or by a function; its own executor asks, without a GPU.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio. Needs `pip install torch aiohttp
rubricstudio-client` and `pip install --no-deps openrlhf`. OpenRLHF sends no headers, so the token is a part of the
address: give it one with the scope rewards:write alone. A training run is started so:

    python -m openrlhf.cli.train_ppo_ray --reward.remote_url $RUBRICSTUDIO_URL/api/v1/compat/openrlhf/$TOKEN \
        --data.label_key label   # each row's label: {"rubric_ref": "letters@3", "context": "…"}

or with `--reward.remote_url rewards.py`, a file of one line: `from rubricstudio_client.openrlhf import reward_func`.
"""

import asyncio
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType, SimpleNamespace
from typing import Any

import torch

PROMPT = "<|im_start|>user\nWrite a discharge letter.<|im_end|>\n<|im_start|>assistant\n"
NOTES = "Palpitations. New: bisoprolol 5 mg each morning. Verapamil was stopped. Control on 3 May with Dr Weiss."
ANSWERS = ("Take 5 mg of bisoprolol each morning.", "You should have known better.")
ADDRESS = f"{os.environ['RUBRICSTUDIO_URL'].rstrip('/')}/api/v1/compat/openrlhf/{os.environ['RUBRICSTUDIO_TOKEN']}"
FUNCTION = "from rubricstudio_client.openrlhf import reward_func\n"


class Letters:
    """A tokenizer of single characters, so that nothing has to be downloaded."""

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        """One number a character."""
        return {"input_ids": torch.tensor([[ord(letter) for letter in text]])}

    def decode(self, ids: list[int], **_: Any) -> str:
        """The text again."""
        return "".join(map(chr, ids))


class Policy:
    """Stands in for vLLM: gives one answer."""

    def __init__(self, answer: str) -> None:
        self._ids = [ord(letter) for letter in f"{answer}<|im_end|>"]

    async def generate(self, *_: Any, **__: Any) -> Any:
        """The answer, whatever was asked."""
        return SimpleNamespace(outputs=[SimpleNamespace(token_ids=self._ids, finish_reason="stop", logprobs=None)])


def client() -> ModuleType:
    """OpenRLHF's own `utils/agent.py`; its packages are not run, because they load DeepSpeed."""
    found = importlib.util.find_spec("openrlhf")
    for name in ("openrlhf", "openrlhf.utils"):
        package = ModuleType(name)
        package.__path__ = [str(Path(found.submodule_search_locations[0], *name.split(".")[1:]))]
        sys.modules[name] = package
    return importlib.import_module("openrlhf.utils.agent")


async def main(file: str) -> None:
    """One request a rollout, as in training; then its numbers as the trainer's tensors."""
    label = json.dumps({"rubric_ref": os.environ["RUBRIC"], "context": NOTES})
    executors = client()
    for door, address in (("address", ADDRESS), ("function", file)):
        executor = executors.SingleTurnAgentExecutor(address)
        for answer in ANSWERS:
            sampling = SimpleNamespace(max_tokens=256, logprobs=None)
            told = await executor.execute(PROMPT, label, sampling, 1024, Letters(), Policy(answer))
            reward, score = (torch.tensor([told[name]]).item() for name in ("reward", "scores"))
            failed = bool(torch.tensor([told["extra_logs"]["failed"]]).item())
            print(json.dumps({"reward": reward, "score": score, "failed": failed, "door": door}))


with TemporaryDirectory() as made:
    rewards = Path(made, "rewards.py")
    rewards.write_text(FUNCTION)
    asyncio.run(main(str(rewards)))
