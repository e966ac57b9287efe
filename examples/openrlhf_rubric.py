"""OpenRLHF: its remote reward model is an address of the studio. Its own client asks it here, without a GPU.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio. OpenRLHF sends no headers, so the token is
part of the address: give it one with the scope rewards:write alone. A training run is started so:

    python -m openrlhf.cli.train_ppo_ray --reward.remote_url $RUBRICSTUDIO_URL/api/v1/compat/openrlhf/$TOKEN \
        --data.label_key label   # each row's label: {"rubric_ref": "letters@3"}
"""

import asyncio
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

PROMPT = "<|im_start|>user\nWrite a discharge letter.<|im_end|>\n<|im_start|>assistant\n"
ANSWERS = ("Take 5 mg of bisoprolol each morning.", "You should have known better.")
ADDRESS = f"{os.environ['RUBRICSTUDIO_URL'].rstrip('/')}/api/v1/compat/openrlhf/{os.environ['RUBRICSTUDIO_TOKEN']}"


def client() -> ModuleType:
    """OpenRLHF's own `utils/agent.py`; its packages are not run, because they load DeepSpeed."""
    found = importlib.util.find_spec("openrlhf")
    for name in ("openrlhf", "openrlhf.utils"):
        package = ModuleType(name)
        package.__path__ = [str(Path(found.submodule_search_locations[0], *name.split(".")[1:]))]
        sys.modules[name] = package
    return importlib.import_module("openrlhf.utils.agent")


async def main() -> None:
    """One request a rollout, as in training."""
    executor = client().SingleTurnAgentExecutor(ADDRESS)
    label = json.dumps({"rubric_ref": os.environ["RUBRIC"]})
    for answer in ANSWERS:
        (told,) = await executor._fetch_rewards_via_http([f"{PROMPT}{answer}<|im_end|>"], [PROMPT], [label])
        failed = bool(told["extra_logs"]["failed"][0])
        print(json.dumps({"reward": told["rewards"][0], "score": told["scores"][0], "failed": failed}))


asyncio.run(main())
