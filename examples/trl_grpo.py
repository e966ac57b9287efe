"""GRPO with TRL, rewarded by a rubric. Needs `pip install rubricstudio-client trl`; small models train on a CPU.

RUBRIC names the rubric; RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN the studio, the token with the scopes rewards:write,
rubrics:read and telemetry:write. MODEL is the policy, a name or a folder, and STEPS how many steps there are. The
page of the run draws its curve; each point leads to the verdicts behind it. The column `context` is what criteria may
compare an answer with.
"""

import json
import os

import torch
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from rubricstudio_client import Studio
from rubricstudio_client.trl import rubric_reward
from rubricstudio_client.trl_callback import telemetry

MODEL = os.environ.get("MODEL", "HuggingFaceTB/SmolLM2-135M-Instruct")
PROMPT = "Write a discharge letter for a patient who was given bisoprolol."
NOTES = "Palpitations. New: bisoprolol 5 mg each morning. Verapamil was stopped. Control on 3 May with Dr Weiss."

has_gpu = torch.cuda.is_available()
config = GRPOConfig(
    output_dir="grpo-out",
    use_cpu=not has_gpu,  # TRL asks for bf16 on a GPU unless it is told otherwise
    bf16=has_gpu,
    num_generations=4,
    per_device_train_batch_size=4,
    max_completion_length=64,
    max_steps=int(os.environ.get("STEPS", "20")),
    logging_steps=1,
    save_strategy="no",
    report_to=[],
)
studio = Studio(os.environ["RUBRICSTUDIO_URL"], os.environ["RUBRICSTUDIO_TOKEN"])
run = studio.training_run("letters with TRL", rubric=os.environ["RUBRIC"], policy_model=MODEL)
trainer = GRPOTrainer(
    model=MODEL,
    reward_funcs=rubric_reward(studio=studio, training_run=run.id),  # None where the judge failed, never 0
    args=config,
    train_dataset=Dataset.from_list([{"prompt": PROMPT, "context": NOTES}] * 64),
    callbacks=[telemetry(run)],
)
trainer.train()
for row in trainer.state.log_history:
    if "loss" in row:
        print(json.dumps({"step": row["step"], "reward": row.get("reward"), "unscored": row.get("rubric/unscored")}))
print(json.dumps({"run": run.id}))
