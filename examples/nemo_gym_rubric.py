"""NeMo-Gym: the studio is a resources server at /api/v1/compat/nemo-gym; this asks it as an agent of NeMo-Gym does.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio. It needs the client alone.
In a task's row `rubric_ref` stands beside `responses_create_params`.
"""

import json
import os

import httpx

PROMPT = "Write a discharge letter for a patient who was given bisoprolol."
ANSWERS = ("Take 5 mg of bisoprolol each morning.", "You should have known better.")
ROOT = f"{os.environ['RUBRICSTUDIO_URL'].rstrip('/')}/api/v1/compat/nemo-gym"
HEADERS = {"Authorization": f"Bearer {os.environ['RUBRICSTUDIO_TOKEN']}"}


def rollout(answer: str) -> dict[str, object]:
    """A body of `verify` in the shapes of the Responses API."""
    said = {"type": "message", "id": "m", "role": "assistant", "status": "completed"}
    output = [{**said, "content": [{"type": "output_text", "text": answer, "annotations": []}]}]
    return {
        "responses_create_params": {"input": [{"role": "user", "content": PROMPT}]},
        "response": {"id": "r", "object": "response", "model": "policy", "output": output},
        "rubric_ref": os.environ["RUBRIC"],
    }


with httpx.Client(base_url=ROOT, headers=HEADERS, timeout=180) as gym:
    assert gym.get("/reverify_mode").json() == "stateless"
    assert gym.post("/seed_session", json={}).json() == {}
    verified = [gym.post("/verify", json=rollout(answer)).raise_for_status().json() for answer in ANSWERS]
    for told in verified:
        failed = "_ng_failure_class" in told
        print(json.dumps({"reward": told["reward"], "parts": told["reward_components"], "failed": failed}))
    whole = gym.post("/aggregate_metrics", json={"verify_responses": verified}).json()
    print(json.dumps({"mean": whole["agent_metrics"].get("mean/reward")}))
