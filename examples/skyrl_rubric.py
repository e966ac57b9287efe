"""SkyRL: an environment whose reward is a rubric's. Needs `pip install rubricstudio-client skyrl-gym`, no GPU.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio. In training, rows of the data set have
`env_class: rubric` and the same `reward_spec`; its `context` is what criteria may compare an answer with.
"""

import json
import os

import skyrl_gym
from skyrl_gym.envs import register

PROMPT = [{"role": "user", "content": "Write a discharge letter for a patient who was given bisoprolol."}]
NOTES = "Palpitations. New: bisoprolol 5 mg each morning. Verapamil was stopped. Control on 3 May with Dr Weiss."
ANSWERS = ("Take 5 mg of bisoprolol each morning.", "You should have known better.")

register(id="rubric", entry_point="rubricstudio_client.skyrl:RubricEnv")
spec = {"method": "rubric", "rubric_ref": os.environ["RUBRIC"], "context": NOTES, "ground_truth": ""}
for answer in ANSWERS:
    env = skyrl_gym.make("rubric", env_config={"floor": 0.0}, extras={"reward_spec": spec})
    env.init(PROMPT)
    step = env.step(answer)
    print(
        json.dumps(
            {"reward": step["reward"], "failed": step["metadata"]["failed"], "parts": step["metadata"]["criteria"]}
        )
    )
