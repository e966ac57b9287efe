"""Families of models by their names."""

import pytest

from domain.watch import Lineage, family, kinship


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("Qwen/Qwen3-8B", "qwen"),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", "smollm"),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "qwen"),
        ("meta-llama/Llama-3.1-8B", "llama"),
        ("lmsys/vicuna-7b-v1.5", "llama"),
        ("TinyLlama/TinyLlama-1.1B", "llama"),
        ("openai/gpt-oss-20b", "gpt"),
        ("gpt-4o", "gpt"),
        ("qwen2.5-0.5b-instruct-q4_k_m.gguf", "qwen"),
        ("my-own-model", None),
        ("phial-7b", None),
        ("", None),
    ],
)
def test_the_family_is_read_from_the_name(model: str, found: str | None):
    assert family(model) == found


@pytest.mark.parametrize(
    ("policy", "judge", "lineage", "warns"),
    [
        ("Qwen/Qwen3-8B", "qwen3-8b", Lineage.SAME_MODEL, True),
        ("mine", "Mine", Lineage.SAME_MODEL, True),
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-32B", Lineage.SAME_FAMILY, True),
        ("Qwen/Qwen3-8B", "google/gemma-3-27b-it", Lineage.OTHER_FAMILY, False),
        ("", "google/gemma-3-27b-it", Lineage.UNKNOWN, False),
        ("Qwen/Qwen3-8B", "fake", Lineage.UNKNOWN, False),
    ],
)
def test_kinship_warns_of_self_preference_only(policy: str, judge: str, lineage: Lineage, warns: bool):
    found = kinship(policy, judge)
    assert found.lineage == lineage
    assert found.warns == warns
    assert found.says.endswith((".", ")"))
