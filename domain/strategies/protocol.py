"""What a judging strategy is: steps that put requests to a model and end in verdicts, without a network.

A strategy is a generator. It yields one `Ask` after another, is sent the batch that answers it, and returns
`Findings`. Whoever drives it (a worker, a test, the Try page) asks the engine between the steps, keeps every exchange,
and never lets one strategy know which engine answers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from domain import prompts, verdicts
from domain.ports import (
    Failure,
    FailureKind,
    Form,
    LabelBatch,
    LabelRequest,
    LikelihoodBatch,
    LikelihoodRequest,
    TextBatch,
    TextRequest,
)
from domain.rubric import Criterion, Kind
from domain.verdicts import Status, Verdict

Request = LabelRequest | TextRequest | LikelihoodRequest
Batch = LabelBatch | TextBatch | LikelihoodBatch

HELD = "hold_to_form"
"""The setting of a judge whose model is to be held to the form of its replies, where its engine can do that."""

JUDGED_KINDS = frozenset(Kind) - {Kind.CHECK}
_STATUS = {
    FailureKind.TIMEOUT: Status.JUDGE_ERROR,
    FailureKind.EXPIRED: Status.EXPIRED,
    FailureKind.TOO_LONG: Status.REFUSED_INPUT,
    FailureKind.REFUSED: Status.REFUSED_INPUT,
    FailureKind.BAD_REPLY: Status.UNPARSEABLE,
}


class Place(NamedTuple):
    """Which verdict: the criterion, and the member it is about (0 unless a list is judged member by member)."""

    criterion: str
    member: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """Some criteria to be judged on one subject.

    `criteria` are those still wanted; `material.rubric` is the whole rubric. `settings` are the judge's, with defaults
    filled in. `sample` tells repeated verdicts apart. `critiques` are those that a person wrote or edited, by criterion
    id: a strategy that writes critiques takes them in place of its own.
    """

    material: prompts.Material
    criteria: tuple[Criterion, ...]
    protocol: str = "isolated"
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    sample: int = 0
    critiques: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def seed(self) -> int:
        """The seed of this sample."""
        return int(self.settings.get("seed", 0)) + self.sample

    def held(self, forms: Iterable[Form]) -> tuple[Form, ...]:
        """The forms where the judge wants replies held to them, else none."""
        return tuple(forms) if self.settings.get(HELD) else ()


@dataclasses.dataclass(frozen=True, slots=True)
class Ask:
    """One request, what it is for (`labels`, `reasoning`, `likelihoods`, …), and the prompt file it was made from."""

    request: Request
    purpose: str
    prompt: str


@dataclasses.dataclass
class Findings:
    """What judging gave: a verdict for each place, and in which ask and at which position of it each was read.

    `away` says that part of the questions found the engine unavailable: they are to be asked again.
    """

    verdicts: dict[Place, Verdict] = dataclasses.field(default_factory=dict)
    origins: dict[Place, tuple[int, int]] = dataclasses.field(default_factory=dict)
    away: str = ""

    def take(self, verdict: Verdict, origin: tuple[int, int], member: int = 0) -> None:
        """Keep a verdict and where it was read."""
        place = Place(verdict.criterion_id, member)
        self.verdicts[place] = verdict
        self.origins[place] = origin

    def fail(self, criterion: Criterion, failure: Failure, origin: tuple[int, int], member: int = 0) -> None:
        """Keep the reason why there is no verdict; an engine that is away is asked again instead."""
        if failure.kind is FailureKind.UNAVAILABLE:
            self.away = failure.detail
            return
        self.take(failed(criterion, failure), origin, member)

    def refuse(self, criterion: Criterion, reason: str, member: int = 0) -> None:
        """Keep the reason why a judge of this strategy was not asked."""
        self.verdicts[Place(criterion.id, member)] = verdicts.unscored(criterion.id, Status.REFUSED_INPUT, reason)

    def adopt(self, other: Findings, criterion: Criterion, member: int = 0) -> None:
        """Take over what other findings say of a criterion, if anything."""
        place = Place(criterion.id, member)
        if place in other.verdicts:
            self.verdicts[place] = other.verdicts[place]
            self.origins[place] = other.origins[place]


Judging = Generator[Ask, Any, Findings]


class Setting(NamedTuple):
    """One setting that a strategy has beside those of every judge."""

    name: str
    default: Any
    check: Callable[[Any], bool]
    sentence: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()

    def of(self, settings: Mapping[str, Any]) -> Any:
        """What a judge's settings say, else the default."""
        return settings.get(self.name, self.default)


class Load(NamedTuple):
    """What one subject puts to a judge: so many criteria on so many answers, under a protocol and settings."""

    criteria: int
    members: int
    protocol: str
    settings: Mapping[str, Any]
    guidelines: int = 0


class Cost(NamedTuple):
    """What one subject costs: requests, prompt reads of the shared part and suffixes, and tokens written."""

    requests: int
    questions: int
    written_tokens: int


@dataclasses.dataclass(frozen=True, slots=True)
class About:
    """What a strategy is called, costs and needs; what the judge page shows of it.

    `subject` is what it judges at once: a response, a pair, a list or a trajectory. With `hard_rules_first` the
    criteria that are hard rules decide a pair before all others. One with `heeds_polarity` asks otherwise about a
    pitfall, so that a verdict does not outlive a change of the criterion's sign. `quotes` are the protocols under which
    it asks for words of the answer and checks that they stand there.
    """

    name: str
    title: str
    does: str
    source: str
    prompts: tuple[str, ...]
    subject: str = "response"
    kinds: frozenset[Kind] = JUDGED_KINDS
    protocols: tuple[str, ...] = ("isolated",)
    needs_logprobs: bool = True
    needs_likelihoods: bool = False
    needs_reference: bool = False
    hard_rules_first: bool = False
    heeds_polarity: bool = False
    quotes: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    asks_for: str = "one token a criterion"


class Strategy(Protocol):
    """A way to come from an answer and criteria to verdicts."""

    @property
    def about(self) -> About:
        """What it is called, costs and needs."""
        ...

    def prompt_names(self, protocol: str) -> tuple[str, ...]:
        """The prompt files it uses under a protocol, the main one first."""
        ...

    def cost(self, load: Load) -> Cost:
        """What judging one subject asks of an engine."""
        ...

    def judge(self, question: Question) -> Judging:
        """The steps from a question to verdicts."""
        ...


def failed(criterion: Criterion, failure: Failure) -> Verdict:
    """The verdict of a question that an engine did not answer; one that is away is to be asked again instead."""
    return verdicts.unscored(criterion.id, _STATUS.get(failure.kind, Status.JUDGE_ERROR), failure.detail)


class SamePrompts:
    """A strategy whose prompt files are the same under every protocol, the main one first."""

    about: About

    def prompt_names(self, protocol: str) -> tuple[str, ...]:
        """All of its prompt files."""
        del protocol
        return self.about.prompts


def filled(about: About, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A judge's settings with the defaults of its strategy's own."""
    return {**{setting.name: setting.default for setting in about.settings}, **settings}


def positions(batch: Batch, criteria: Sequence[Criterion], findings: Findings, ask: int) -> list[int]:
    """The positions of a batch that were answered; the others go into the findings with their reason."""
    answered: list[int] = []
    for position, criterion in enumerate(criteria):
        failure = batch.failures[position] if isinstance(batch, TextBatch) else batch.replies[position].failure
        if failure is None:
            answered.append(position)
        else:
            findings.fail(criterion, failure, (ask, position))
    return answered


def number(low: float, high: float) -> Callable[[Any], bool]:
    """A check that a setting is a finite number between two bounds, both included."""
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def whole(low: int, high: int) -> Callable[[Any], bool]:
    """A check that a setting is a whole number between two bounds, both included."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def one_of(*choices: str) -> Callable[[Any], bool]:
    """A check that a setting is one of some words."""
    return lambda value: value in choices
