"""Rewards: rollouts in, one typed reward each out; what could not be judged has no reward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SCORED = frozenset({"ok", "partial"})
PENDING = "pending"
EXPIRED = "expired"
MEANS = {
    "judge_error": "the judge failed",
    "unparseable": "the judge's reply could not be read",
    "cannot_assess": "the judge could not decide",
    "evidence_invalid": "what the judge quoted is not in the answer",
    "refused_input": "the judge cannot read this input: a reference or context is missing, or it is too long",
    EXPIRED: "the deadline passed",
}
Content = Any


@dataclass(frozen=True)
class Item:
    """One rollout; `prompt` is a string or messages, `response` a string, messages or typed parts.

    `group` joins rollouts of one prompt, or the steps of one trajectory, whose place is `step`. A rollout that the
    policy did not write alone, such as one under guidance, is `off_policy`: rewarded, and counted in no figure.
    """

    prompt: Content
    response: Content
    id: str | None = None
    reference: Content = None
    context: Content = None
    rubric: str | None = None
    prompt_id: str | None = None
    group: str | None = None
    step: int | None = None
    profile: str | None = None
    off_policy: bool = False

    def body(self, number: int) -> dict[str, Any]:
        """As it is sent."""
        values = {**vars(self), "id": self.id or str(number), "off_policy": self.off_policy or None}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Criterion:
    """One criterion's verdict."""

    status: str
    value: float | None
    probability: float | None
    label_mass: float | None
    contribution: float | None


@dataclass(frozen=True)
class Reward:
    """One rollout's reward: None unless its status is ok or partial, never a made-up number.

    `components` add up to the reward, under keys that never change within a training run; `novelty` is the run's
    discount for what it has seen before; `judged_in` names the run and the index of the verdicts.
    """

    id: str
    status: str
    reward: float | None
    display: float | None = None
    coverage: float = 0.0
    cached: bool = False
    rubric: str | None = None
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    trace: Sequence[Mapping[str, Any]] = ()
    group: str | None = None
    digest: str | None = None
    off_policy: bool = False
    components: Mapping[str, float | None] | None = None
    novelty: Mapping[str, float] | None = None
    judged_in: Mapping[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Whether there is a reward."""
        return self.reward is not None

    @property
    def why(self) -> str:
        """Why there is no reward: status, what it means, and the criteria that took it; empty where there is one."""
        if self.ok:
            return ""
        told = f"{self.status}: {MEANS[self.status]}" if self.status in MEANS else self.status
        return f"{told} ({', '.join(self._taking)})." if self._taking else f"{told}."

    @property
    def _taking(self) -> list[str]:
        """The criteria without whose verdict there is no reward, as the trace names them."""
        steps = [step.get("in") for step in self.trace if step.get("step") == "unscored"]
        found = [one for given in steps if isinstance(given, Mapping) for one in given.get("criteria", ())]
        return [str(one["id"]) for one in found if one.get("policy") == "null"]

    @property
    def pending(self) -> bool:
        """Whether it is being judged for a later look."""
        return self.status == PENDING


@dataclass(frozen=True)
class Failed:
    """A criterion that the best rollout of a group fails, with what the judge said of it."""

    criterion: str
    text: str
    polarity: str
    aspect: str | None
    weight: float
    value: float | None
    rationale: str
    evidence: Sequence[str]


@dataclass(frozen=True)
class Group:
    """The rollouts of one prompt; those that are off policy count in no figure.

    `matrix` has a row for each of `ids` and a column for each of `criteria`. A `flat` group has no advantage. Where the
    best rollout still fails something, `refine` is a prompt that asks for a better answer.
    """

    group: str
    ids: Sequence[str]
    rewards: Sequence[float | None]
    scored: int
    unscored: int
    mean: float | None
    deviation: float | None
    flat: bool
    criteria: Sequence[str]
    matrix: Sequence[Sequence[float | None]]
    best: str | None
    needs_guidance: bool
    guidance: Sequence[Failed]
    refine: str | None


@dataclass(frozen=True)
class PaidStep:
    """One step: its score from 0 to 1, the level that it says, and what it is paid; None where it has no score."""

    id: str
    step: int
    score: float | None
    level: float | None
    reward: float | None


@dataclass(frozen=True)
class Padding:
    """What the whole is paid where the best step stands so many times; where it `grows`, needless steps pay."""

    step: int
    times: Sequence[int]
    totals: Sequence[float]
    grows: bool


@dataclass(frozen=True)
class Trajectory:
    """The steps of one group in their order, their sum, and numbers of their levels by each of the eight ways."""

    group: str
    outcome: float | None
    total: float | None
    aggregate: float | None
    aggregates: Mapping[str, float | None]
    padding: Padding | None
    steps: Sequence[PaidStep]


@dataclass(frozen=True)
class Rewards:
    """The rewards of a batch, in the order asked."""

    results: tuple[Reward, ...]
    judge: Mapping[str, Any] = field(default_factory=dict)
    rubric: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, float] = field(default_factory=dict)
    request_ids: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    trajectories: tuple[Trajectory, ...] = ()
    provenance: tuple[Mapping[str, Any], ...] = ()
    asked: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    def __iter__(self) -> Iterator[Reward]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, index: int) -> Reward:
        return self.results[index]

    @property
    def values(self) -> list[float | None]:
        """The rewards alone; None where there is none."""
        return [result.reward for result in self.results]

    @property
    def pending(self) -> int:
        """How many are being judged for a later look; only with `mode="cached"`."""
        return sum(result.pending for result in self.results)


def read_reward(result: Mapping[str, Any], *, over: bool = True) -> Reward:
    """An item as the studio told it; what is still pending when time is `over` has expired."""
    status = EXPIRED if over and result["status"] == PENDING else str(result["status"])
    scored = status in SCORED
    criteria = {
        name: Criterion(
            one["status"], one.get("value"), one.get("probability"), one.get("label_mass"), one.get("contribution")
        )
        for name, one in result.get("criteria", {}).items()
    }
    return Reward(
        id=str(result["id"]),
        status=status,
        reward=result["reward"] if scored else None,
        display=result.get("display") if scored else None,
        coverage=float(result.get("coverage") or 0.0),
        cached=bool(result.get("cached")),
        rubric=result.get("rubric"),
        criteria=criteria,
        trace=tuple(result.get("trace") or ()),
        group=result.get("group"),
        digest=result.get("digest") or None,
        off_policy=bool(result.get("off_policy")),
        components=result.get("components") if scored else None,
        novelty=result.get("novelty"),
        judged_in=result.get("judged_in"),
    )


def read_group(told: Mapping[str, Any]) -> Group:
    """A group as the studio told it."""
    guidance = tuple(Failed(**_known(Failed, one)) for one in told["guidance"])
    return Group(**{**_known(Group, told), "guidance": guidance})


def read_trajectory(told: Mapping[str, Any]) -> Trajectory:
    """A trajectory as the studio told it."""
    steps = tuple(PaidStep(**_known(PaidStep, one)) for one in told["steps"])
    padding = Padding(**_known(Padding, told["padding"])) if told.get("padding") else None
    return Trajectory(**{**_known(Trajectory, told), "steps": steps, "padding": padding})


def _known(kind: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """What this client knows of; a newer studio may tell more."""
    return {name: told[name] for name in kind.__dataclass_fields__ if name in told}
