"""GRPO with TRL, rewarded by a rubric: needs `pip install rubricstudio-client trl` and a running studio."""

import os

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from rubricstudio_client import Studio
from rubricstudio_client.trl import rubric_reward
from rubricstudio_client.trl_callback import telemetry

MODEL = "Qwen/Qwen3-0.6B"
studio = Studio(os.environ["STUDIO_URL"], os.environ["STUDIO_TOKEN"])
run = studio.training_run("letters", rubric=os.environ["RUBRIC"], policy_model=MODEL)
reward = rubric_reward(os.environ["RUBRIC"], studio=studio, training_run=run.id)
prompts = Dataset.from_list([{"prompt": "Write a discharge letter for a patient who was given bisoprolol."}] * 64)
config = GRPOConfig(output_dir="grpo-out", num_generations=8, per_device_train_batch_size=8, max_steps=50)
GRPOTrainer(model=MODEL, reward_funcs=reward, args=config, train_dataset=prompts, callbacks=[telemetry(run)]).train()
