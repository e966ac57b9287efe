"""NeMo-Gym: a resources server whose reward is a rubric's; here it is asked as an agent asks it, without a GPU.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio. Needs `pip install rubricstudio-client` and
NeMo-Gym 0.7. In training `resources_servers/rubric/app.py` takes the same class and calls its `run_webserver()`; the
server's YAML says `rubric`. For programs that send a bearer token the studio itself has the same calls, below
/api/v1/compat/nemo-gym.
"""

import json
import os
from typing import Any
from unittest.mock import MagicMock

from fastapi.testclient import TestClient
from nemo_gym.base_resources_server import BaseMultiRewardVerifyResponse
from nemo_gym.server_utils import ServerClient

from rubricstudio_client.nemo_gym import RubricResourcesServer, RubricResourcesServerConfig

PROMPT = "Write a discharge letter for a patient who was given bisoprolol."
NOTES = "Palpitations. New: bisoprolol 5 mg each morning. Verapamil was stopped. Control on 3 May with Dr Weiss."
ANSWERS = ("Take 5 mg of bisoprolol each morning.", "You should have known better.")


def rollout(answer: str, task: int) -> dict[str, Any]:
    """A body of `verify` in the shapes of the Responses API, as an agent posts it."""
    said = {"type": "message", "id": "m", "role": "assistant", "status": "completed"}
    output = [{**said, "content": [{"type": "output_text", "text": answer, "annotations": []}]}]
    response = {"id": "r", "object": "response", "created_at": 0, "model": "policy", "output": output}
    return {
        "responses_create_params": {"input": [{"role": "user", "content": PROMPT}]},
        "response": {**response, "parallel_tool_calls": False, "tool_choice": "auto", "tools": []},
        "_ng_task_index": task,
        "context": NOTES,  # a field of the task: what criteria may compare an answer with
    }


config = RubricResourcesServerConfig(
    host="127.0.0.1", port=0, entrypoint="app.py", name="rubric", domain="rlhf", rubric=os.environ["RUBRIC"]
)
server = RubricResourcesServer(config=config, server_client=MagicMock(spec=ServerClient))
with TestClient(server.setup_webserver()) as gym:
    assert gym.get("/reverify_mode").json() == "stateless"
    assert gym.post("/seed_session", json={}).json() == {}
    verified = [
        gym.post("/verify", json=rollout(answer, task)).raise_for_status().json() for task, answer in enumerate(ANSWERS)
    ]
    for told in verified:
        failed = told["mask_sample"]
        reward = None if failed else BaseMultiRewardVerifyResponse.model_validate(told).reward
        print(json.dumps({"reward": reward, "parts": told.get("reward_components"), "failed": failed}))
    whole = gym.post("/aggregate_metrics", json={"verify_responses": verified}).json()
    print(json.dumps({"mean": whole["agent_metrics"].get("mean/reward"), "of": whole["agent_metrics"]}))
