"""Where the instructions of IFEval gather."""

from domain.checks.instructions.family import Family

IFEVAL = Family()
