"""Published families of instructions that a program can check."""

from collections.abc import Mapping
from typing import Any

from domain.checks.instructions.family import Family, described
from domain.checks.instructions.ifbench import IFBENCH
from domain.checks.instructions.ifeval import IFEVAL

FAMILIES: dict[str, Family] = {"ifeval": IFEVAL, "ifbench": IFBENCH}


def sentence(family: str, name: str, kwargs: Mapping[str, Any]) -> str:
    """What an instruction asks for with these parameters."""
    return described(FAMILIES[family].instructions[name], kwargs)


__all__ = ["FAMILIES", "IFBENCH", "IFEVAL", "Family", "sentence"]
