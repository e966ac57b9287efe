"""The shapes of answers about groups of rollouts, and about a request that was only tried out."""

from datetime import datetime
from typing import Any

from pydantic import Field

from apps.api import answers


class Failed(answers.Answer):
    """A criterion that the best rollout of a group fails, with what the judge said of it."""

    criterion: str
    text: str
    polarity: str
    aspect: str | None
    weight: float
    value: float | None
    rationale: str
    evidence: list[str]


class Group(answers.Answer):
    """The rollouts of one prompt; those that are off policy count in no figure.

    `matrix` has a row for each id and a column for each criterion; `flat` says that all rewards are the same, so that
    there is no advantage. `refine` is a prompt that asks for a better answer, where the best one still fails something.
    """

    group: str
    ids: list[str]
    rewards: list[float | None]
    scored: int
    unscored: int
    mean: float | None
    deviation: float | None
    flat: bool
    criteria: list[str]
    matrix: list[list[float | None]]
    best: str | None
    needs_guidance: bool
    guidance: list[Failed]
    refine: str | None


class RehearsedItem(answers.Answer):
    """What an item would be judged under, and how many of its verdicts are stored."""

    id: str
    rubric: str
    digest: str
    criteria: int
    stored: int
    served_before: bool
    compared: bool = Field(description="Whether its reward depends on other answers of its group")


class Rehearsal(answers.Answer):
    """What a request would do; `estimate` is null where nothing would have to be judged."""

    judge: answers.RewardJudge
    rubric: str
    deadline: datetime | None
    items: list[RehearsedItem]
    estimate: dict[str, Any] | None
