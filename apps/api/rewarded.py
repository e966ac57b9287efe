"""The shapes of rewards: of single rollouts, of groups, and of a request that was only tried out."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from apps.api import answers


class RewardRubric(answers.Answer):
    """The version that served, or the reference where several did."""

    slug: str | None
    version: int | None
    digest: str | None
    ref: str | None = None


class RewardJudge(answers.Answer):
    """The judge that served."""

    name: str
    version: int
    fingerprint: str
    licensed: bool


class RewardCriterion(answers.Answer):
    """One criterion's verdict and what it added to the reward."""

    status: str
    value: float | None
    probability: float | None
    label_mass: float | None
    contribution: float | None


class RewardResult(answers.Answer):
    """One rollout's reward; `reward` is null unless `status` is ok or partial."""

    id: str
    status: str = Field(
        description="ok, partial, judge_error, unparseable, cannot_assess, evidence_invalid, refused_input, expired; "
        "pending while it is being judged"
    )
    reward: float | None
    display: float | None
    coverage: float
    cached: bool
    rubric: str = Field(description="The version that this item was judged under, as slug@n")
    digest: str = ""
    prompt_id: str | None
    group: str | None
    off_policy: bool = False
    components: dict[str, float | None] | None = Field(
        default=None, description="Parts that add up to the reward, with the same keys throughout a training run"
    )
    novelty: dict[str, float] | None = Field(default=None, description="The discount for what the run has seen before")
    judged_in: dict[str, Any] | None = Field(default=None, description="The run and the index of its verdicts")
    criteria: dict[str, RewardCriterion]
    trace: list[dict[str, Any]]


class Usage(answers.Answer):
    """What the judging took."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    calls: int
    verdicts: int
    seconds: float


class Rewards(answers.Answer):
    """The answer to a reward request."""

    id: str
    status: str = Field(description="done or pending")
    rubric: RewardRubric
    judge: RewardJudge
    provenance: dict[str, Any] = Field(default={}, description="Training run, pin, release, versions, their approvers")
    results: list[RewardResult]
    usage: Usage


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

    judge: RewardJudge
    rubric: str
    deadline: datetime | None
    items: list[RehearsedItem]
    estimate: dict[str, Any] | None


class HeldVersion(answers.Answer):
    """The version that a release holds at a place."""

    number: int
    digest: str


class DiffPlace(answers.Answer):
    """A rubric for all prompts, or for one."""

    prompt_id: str | None
    slug: str


class DiffOne(DiffPlace, HeldVersion):
    """What came or went."""


class DiffChanged(DiffPlace):
    """What changed."""

    before: HeldVersion
    after: HeldVersion


class ReleaseDiff(answers.Answer):
    """What changed from one release to another."""

    from_: str = Field(alias="from")
    to: str
    same: int
    added: list[DiffOne]
    removed: list[DiffOne]
    changed: list[DiffChanged]


class Pull(answers.Answer):
    """What one token pulled on one day."""

    by: str | None
    token: str | None
    day: date
    times: int
    rubrics: int
    last_at: datetime


class PullList(answers.Page):
    """Pulls."""

    results: list[Pull]
