"""GRPO with TRL, rewarded by a rubric: needs `pip install rubricstudio-client trl` and a running studio."""

import os

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from rubricstudio_client.trl import rubric_reward

reward = rubric_reward(os.environ["RUBRIC"], url=os.environ["STUDIO_URL"], token=os.environ["STUDIO_TOKEN"])
prompts = Dataset.from_list([{"prompt": "Write a discharge letter for a patient who was given bisoprolol."}] * 64)
config = GRPOConfig(output_dir="grpo-out", num_generations=8, per_device_train_batch_size=8, max_steps=50)
GRPOTrainer(model="Qwen/Qwen3-0.6B", reward_funcs=reward, args=config, train_dataset=prompts).train()
