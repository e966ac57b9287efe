"""Whether judge and policy come from the same family of models."""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

FAMILIES = (
    "smollm", "qwen", "tinyllama", "vicuna", "llama", "ministral", "mixtral", "mistral", "gemma", "gemini", "phi",
    "deepseek", "olmo", "tulu", "falcon", "yi", "glm", "internlm", "granite", "nemotron", "command", "aya", "gpt-oss",
    "gpt", "claude", "grok", "kimi", "minimax", "exaone", "prometheus", "skywork",
)  # fmt: skip
_CHILD_OF = {"tinyllama": "llama", "vicuna": "llama", "ministral": "mistral", "mixtral": "mistral", "tulu": "llama",
             "prometheus": "mistral", "gpt-oss": "gpt"}  # fmt: skip


class Lineage(enum.StrEnum):
    """What the two names say."""

    SAME_MODEL = "same_model"
    SAME_FAMILY = "same_family"
    OTHER_FAMILY = "other_family"
    UNKNOWN = "unknown"


class Kinship(NamedTuple):
    """How judge and policy are related, in a word and in a sentence; `warns` where a person should know."""

    lineage: Lineage
    says: str

    @property
    def warns(self) -> bool:
        """A judge tends to prefer its own kind."""
        return self.lineage in {Lineage.SAME_MODEL, Lineage.SAME_FAMILY}


def family(model: str) -> str | None:
    """The family a model's name says, such as qwen for Qwen/Qwen3-8B; None where it says none of those known.

    The name counts, not the owner before the slash. The first family in the name wins, so a distilled model belongs
    to what it was distilled from: DeepSeek-R1-Distill-Qwen-7B is a qwen.
    """
    name = model.lower().rsplit("/", 1)[-1]
    name = name.split("-distill-", 1)[-1]
    places = [
        (found.start(), -len(one), one)
        for one in FAMILIES
        if (found := re.search(rf"(?<![a-z]){re.escape(one)}(?![a-z])", name))
    ]
    if not places:
        return None
    first = min(places)[2]
    return _CHILD_OF.get(first, first)


def kinship(policy: str, judge: str) -> Kinship:
    """How the two are related by their names (RewardBench 2, 2506.01937: lineage matters, in both directions).

    The same model or family risks self-preference. Another family is told, not warned of: RewardBench 2 saw PPO lose
    up to 15 points with a reward model of another lineage than the policy's.
    """
    ours, its = family(policy), family(judge)
    if policy and _plain(policy) == _plain(judge):
        return Kinship(
            Lineage.SAME_MODEL, f"The judge is the policy itself ({policy}): it may prefer what it would say."
        )
    if ours is None or its is None:
        which = "policy" if ours is None else "judge"
        return Kinship(Lineage.UNKNOWN, f"The family of the {which} is not known by its name.")
    if ours == its:
        return Kinship(
            Lineage.SAME_FAMILY, f"Judge and policy are both of the family {ours}: a judge prefers its own kind."
        )
    return Kinship(Lineage.OTHER_FAMILY, f"The policy is of the family {ours}, the judge of {its}.")


def _plain(model: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", model.lower().rsplit("/", 1)[-1].removesuffix(".gguf"))
