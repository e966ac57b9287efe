"""IFEval (arXiv:2311.07911): all its instructions, gathered from the files that hold them."""

from domain.checks.instructions import ifeval_forms, ifeval_text
from domain.checks.instructions.ifeval_family import IFEVAL

__all__ = ["IFEVAL", "ifeval_forms", "ifeval_text"]
