"""IFBench (arXiv:2507.02833): all its instructions, gathered from the files that hold them."""

from domain.checks.instructions import (
    ifbench_counts,
    ifbench_formats,
    ifbench_sentences,
    ifbench_tasks,
    ifbench_words,
)
from domain.checks.instructions.ifbench_family import IFBENCH

__all__ = [
    "IFBENCH",
    "ifbench_counts",
    "ifbench_formats",
    "ifbench_sentences",
    "ifbench_tasks",
    "ifbench_words",
]
