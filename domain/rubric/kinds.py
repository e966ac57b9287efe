"""The words that the fields of a criterion may hold."""

from __future__ import annotations

import enum


class Kind(enum.StrEnum):
    """How a criterion is answered."""

    BINARY = "binary"
    ORDINAL = "ordinal"
    NUMERIC = "numeric"
    NUGGET = "nugget"
    ANSWER = "answer"
    CHECK = "check"


class Polarity(enum.StrEnum):
    """Whether a true text adds to the score or, as a pitfall, subtracts."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Tier(enum.StrEnum):
    """How much the author could do without the criterion."""

    ESSENTIAL = "essential"
    IMPORTANT = "important"
    OPTIONAL = "optional"


class Role(enum.StrEnum):
    """A rule that can be checked, or a principle that needs judgement."""

    HARD_RULE = "hard_rule"
    PRINCIPLE = "principle"


class Aspect(enum.StrEnum):
    """Whether the criterion is about facts or about the way to them."""

    FACTUAL = "factual"
    PROCESS = "process"


class Evidence(enum.StrEnum):
    """Whether a verdict must quote the answer."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class Need(enum.StrEnum):
    """What must accompany an answer for the criterion to be judged."""

    REFERENCE = "reference"
    CONTEXT = "context"
    TOOLS = "tools"
