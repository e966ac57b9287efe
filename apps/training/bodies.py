"""What may be sent for rewards, releases and training runs: the bodies of calls, checked with pointers."""

import enum
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeVar, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from domain import errors
from domain.scoring.guidance import FAILED_BELOW
from domain.scoring.parts import Axis
from domain.scoring.rankings import Method, Ties
from domain.scoring.stepwise import Aggregate, Reading, Shaping, Way, needs_outcome

Model = TypeVar("Model", bound=BaseModel)
MOST_ITEMS = 10_000
MOST_TEXT = 400_000
MOST_INTEGER = 2**53 - 1
FIRST_YEAR, LAST_YEAR = 1970, 9998
"""The years of what is given as a time; further out some zones leave the calendar."""

Text = Annotated[str, Field(max_length=MOST_TEXT)]
Short = Annotated[str, Field(min_length=1, max_length=200)]
Degree = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Body(BaseModel):
    """A strict JSON object: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class Part(BaseModel):
    """A typed part; text now, other types are kept and refused by judges that cannot read them."""

    model_config = ConfigDict(extra="allow", frozen=True)
    type: Annotated[str, Field(min_length=1, max_length=40)]
    text: Text | None = None

    @model_validator(mode="after")
    def text_has_text(self) -> Self:
        """A text part needs its text."""
        if self.type == "text" and self.text is None:
            raise ValueError("a part of type text needs a text")
        return self


class Message(BaseModel):
    """One turn; `content` is a string or typed parts."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    role: Annotated[str, Field(min_length=1, max_length=40)]
    content: Text | list[Part]


def _storable(content: Any) -> Any:
    """Refuse what cannot be kept or hashed: too much text, numbers that JSON readers disagree on."""
    length = 0
    for leaf in _leaves(content):
        if isinstance(leaf, str):
            length += len(leaf)
        elif isinstance(leaf, int) and abs(leaf) > MOST_INTEGER:
            raise ValueError("holds a whole number beyond 2^53, which JSON readers do not agree on")
    if length > MOST_TEXT:
        raise ValueError(f"has {length:,} characters; at most {MOST_TEXT:,} are taken")
    return content


def _in_calendar(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"is not within the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


Content = Annotated[Text | list[Message] | list[Part], AfterValidator(_storable)]


class RewardItemBody(Body):
    """One rollout."""

    id: Short
    prompt: Content
    response: Content
    reference: Content | None = None
    context: Content | None = None
    rubric: Annotated[str, Field(max_length=300)] | None = None
    prompt_id: Annotated[str, Field(max_length=200)] | None = None
    group: Annotated[str, Field(max_length=200)] | None = None
    step: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    profile: Annotated[str, Field(max_length=100)] | None = None
    off_policy: bool = False


class CohortBody(Body):
    """For a trainer that posts single samples: those of one key wait for each other, up to a size and a time."""

    key: Short
    size: Annotated[int, Field(ge=1, le=1_024)]
    timeout: Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)] = 30.0


class Mode(enum.StrEnum):
    """Whether a call is for rewards now, or for what is stored while the rest is judged for later (ONI)."""

    WAIT = "wait"
    CACHED = "cached"


class RewardBody(Body):
    """A batch of rollouts that wants rewards."""

    rubric: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    judge: Annotated[str, Field(max_length=120)] | None = None
    wait: Annotated[float, Field(ge=0, le=55, allow_inf_nan=False)] = 0
    training_run: Annotated[str, Field(max_length=40)] | None = None
    deadline: datetime | None = None
    deadline_in: Annotated[float, Field(gt=0, le=604_800, allow_inf_nan=False)] | None = None
    mode: Mode = Mode.WAIT
    allow_draft: bool = False
    step: Annotated[int, Field(ge=0, le=2**62)] | None = None
    calibrations: Annotated[list[Annotated[str, Field(max_length=71)]], Field(max_length=20)] = []
    items: Annotated[list[RewardItemBody], Field(min_length=1, max_length=MOST_ITEMS)]

    @field_validator("deadline")
    @classmethod
    def deadline_has_a_zone(cls, value: datetime | None) -> datetime | None:
        """A time without a zone means different things to client and server."""
        if value is not None and value.tzinfo is None:
            raise ValueError("write the deadline with its zone, for example 2027-01-01T12:00:00Z")
        return value if value is None else _in_calendar(value)

    @model_validator(mode="after")
    def ids_once(self) -> Self:
        """Results are matched by id."""
        seen: set[str] = set()
        for item in self.items:
            if item.id in seen:
                raise ValueError(f"the id {item.id} comes twice")
            seen.add(item.id)
        return self

    @model_validator(mode="after")
    def one_deadline(self) -> Self:
        """A time of the caller's clock or seconds from when the request is received, not both."""
        if self.deadline is not None and self.deadline_in is not None:
            raise ValueError("give either deadline or deadline_in")
        return self


class CompareBody(Body):
    """How answers of a group are compared by a judge that reads two: all with all, or each with its reference.

    Most such judges ask in both orders themselves; `both_orders` shows every pair the other way round too.
    """

    against: Literal["all", "reference"] = "all"
    both_orders: bool = False
    method: Method = Method.WIN_RATE
    ties: Ties = Ties.DEGREE
    room: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.0


class GroupRewardBody(RewardBody):
    """Rollouts of prompts, several each: every item names its group, and a group has one prompt and one rubric."""

    compare: CompareBody | None = None
    guidance_below: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = FAILED_BELOW

    @model_validator(mode="after")
    def groups_have_one_prompt(self) -> Self:
        """What is compared must be comparable."""
        first: dict[str, RewardItemBody] = {}
        for item in self.items:
            if not item.group:
                raise ValueError(f"the item {item.id} names no group")
            other = first.setdefault(item.group, item)
            for name in ("prompt", "prompt_id", "rubric", "reference", "context", "profile"):
                if getattr(other, name) != getattr(item, name):
                    raise ValueError(f"{other.id} and {item.id} are of one group, but have not the same {name}")
            if self.compare is not None and self.compare.against == "reference" and item.reference is None:
                raise ValueError(f"{item.id} has no reference to be compared with")
        return self


class CohortRewardBody(RewardBody):
    """One rollout that waits for the others of its cohort; all of them must ask for the same."""

    cohort: CohortBody
    compare: CompareBody | None = None
    guidance_below: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = FAILED_BELOW
    items: Annotated[list[RewardItemBody], Field(min_length=1, max_length=1)]


class WayBody(Body):
    """How the steps of trajectories are paid, and what a score says: how good, or how far (½ stands still)."""

    reading: Reading = Reading.SCORE
    shaping: Shaping = Shaping.NONE
    aggregate: Aggregate = Aggregate.MIN
    eta: Degree = 0.5
    mu: Degree = 1.0
    gamma: Degree = 1.0
    alpha: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 1.0

    def way(self) -> Way:
        """What the domain calls it."""
        return Way(self.shaping, self.aggregate, self.eta, self.mu, self.gamma, self.alpha, self.reading)


class StepwiseBody(WayBody):
    """How the steps of trajectories are paid; `outcomes` say by group how each trajectory ended, from 0 to 1."""

    outcomes: dict[Short, Degree] = {}


class TrajectoryBody(Body):
    """The scores of the steps of one trajectory in their order, null where one has none, and how it ended."""

    group: Short
    steps: Annotated[list[Degree | None], Field(min_length=1, max_length=10_000)]
    outcome: Degree | None = None


class ScoredStepsBody(WayBody):
    """Trajectories whose steps were scored elsewhere, and how they are to be paid."""

    trajectories: Annotated[list[TrajectoryBody], Field(min_length=1, max_length=1_000)]

    @model_validator(mode="after")
    def groups_once_with_outcomes(self) -> Self:
        """Trajectories are told apart by their group, and a shaping by the outcome needs one of each."""
        seen: set[str] = set()
        for one in self.trajectories:
            if one.group in seen:
                raise ValueError(f"the group {one.group} comes twice")
            seen.add(one.group)
            if needs_outcome(self.shaping) and one.outcome is None:
                raise ValueError(f"the shaping {self.shaping} needs the outcome of {one.group}")
        return self


class StepRewardBody(RewardBody):
    """A batch of steps: each item names its trajectory as `group` and its place in it as `step`."""

    stepwise: StepwiseBody = StepwiseBody()

    @model_validator(mode="after")
    def steps_have_places(self) -> Self:
        """Steps are put in order by their place, and a shaping by the outcome needs one of every trajectory."""
        places = [(item.group, item.step) for item in self.items]
        if any(not group or step is None for group, step in places):
            raise ValueError("every item names its trajectory as group and its place in it as step")
        if len(set(places)) < len(places):
            raise ValueError("two items have the same step of the same group")
        groups = {str(group) for group, _ in places}
        strange = sorted(set(self.stepwise.outcomes) - groups)
        if strange:
            raise ValueError(f"there is an outcome for {strange[0]}, of which there is no step")
        lacking = sorted(groups - set(self.stepwise.outcomes))
        if needs_outcome(self.stepwise.shaping) and lacking:
            raise ValueError(f"the shaping {self.stepwise.shaping} needs the outcome of {lacking[0]}")
        return self


class ReleaseBody(Body):
    """A new release."""

    name: Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{1,120}$")]
    rubrics: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=10_000)] = []
    rubric_set: Annotated[str, Field(max_length=300)] | None = None
    notes: Annotated[str, Field(max_length=20_000)] = ""


class DeprecateBody(Body):
    """Why a release should no longer be pinned."""

    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


class ShadowBody(Body):
    """A second judge that judges a share of the rollouts; it never decides a reward."""

    judge: Short
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.05


class CanariesBody(Body):
    """Answers of a data set about which the judge is asked afresh after so many requests."""

    dataset: Short
    every: Annotated[int, Field(ge=1, le=1_000_000)] = 50


class TrainingRunBody(Body):
    """A new training run: a release or a version, and a judge, pinned."""

    name: Short
    release: Annotated[str, Field(max_length=120)] | None = None
    rubric: Annotated[str, Field(max_length=300)] | None = None
    judge: Annotated[str, Field(max_length=120)] | None = None
    policy_model: Annotated[str, Field(max_length=200)] = ""
    config: dict[str, Any] = {}
    keep_rollouts: bool = True
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    consent: Annotated[str, Field(max_length=500)] = ""
    novelty_beta: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] | None = None
    parts: Axis | None = None
    shadow: ShadowBody | None = None
    canaries: CanariesBody | None = None


class TelemetryPointBody(Body):
    """Numbers of one step."""

    step: Annotated[int, Field(ge=0, le=2**62)]
    values: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=120)], Annotated[float, Field(allow_inf_nan=False)]],
        Field(min_length=1, max_length=500),
    ]


class TelemetryBody(Body):
    """A batch of telemetry."""

    kind: Literal["telemetry"] = "telemetry"
    points: Annotated[list[TelemetryPointBody], Field(min_length=1, max_length=10_000)]


class DataExportBody(Body):
    """Rows for training by a rule from what a run judged."""

    run: Annotated[str, Field(min_length=1, max_length=40, description="the id of a run over a data set")]
    judge: Short | None = Field(None, description="`name@n`, where the run has several")
    rubric: Short | None = Field(None, description="`slug@n`, where the run has several")
    kind: Literal[
        "bands", "curriculum", "central", "pairs", "posterior", "rankings", "judge", "writer", "augmented"
    ]  # fmt: skip
    rule: dict[str, Any] = Field(default_factory=dict, description="settings of the kind; the rest as on the page")
    name: Annotated[str, Field(max_length=200)] = ""
    non_commercial: bool = Field(False, description="your word that the training is not commercial")


class PinBody(Body):
    """What a training run is pinned to from now on, in which parts its rewards are given, and why."""

    release: Annotated[str, Field(max_length=120)] | None = None
    rubric: Annotated[str, Field(max_length=300)] | None = None
    judge: Annotated[str, Field(max_length=120)] | None = None
    parts: Annotated[Axis | None, Field(description="As they were, where left out and at most 64 come of it")] = None
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class WatchBody(Body):
    """The limits of a run's alarms: kind → limit, window, patience, least, on; `limits` of reported numbers."""

    watch: dict[str, Any]


class MuteBody(Body):
    """Until when an alarm is muted, and why."""

    until: Annotated[AwareDatetime, AfterValidator(_in_calendar)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class ReasonBody(Body):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class AlarmQueueBody(Body):
    """How many of the rollouts behind an alarm are reviewed."""

    size: Annotated[int, Field(ge=1, le=200)] = 200


class SuspensionBody(Body):
    """A criterion, as it is worded in a version, that new releases and runs are refused."""

    rubric: Annotated[str, Field(min_length=1, max_length=300)]
    criterion: Annotated[str, Field(min_length=1, max_length=80)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    alarm: Annotated[int, Field(ge=1, le=2**62)] | None = None


def read(model: type[Model], data: Mapping[str, Any]) -> Model:
    """The validated body, or Invalid with pointers."""
    try:
        return TypeAdapter(model).validate_python(dict(data))
    except ValidationError as wrong:
        problems = list({_problem(fault, data): None for fault in wrong.errors()[:50]})
        told = f"{problems[0].pointer}: {problems[0].message}" if problems[0].pointer else problems[0].message
        raise errors.Invalid(told, problems=problems) from wrong


def _problem(fault: ErrorDetails, data: Any) -> errors.Problem:
    """Where in the body a fault is: the path of pydantic without the names of alternatives that it tried."""
    here, steps = data, []
    for step in fault["loc"]:
        if isinstance(here, Mapping):
            if step not in here and fault["type"] != "missing":
                continue
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            continue
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return errors.Problem("".join(f"/{step}" for step in steps), fault["msg"].removeprefix("Value error, "))


def messages_of(content: Content) -> list[dict[str, Any]]:
    """A prompt as messages of parts; a plain string is one turn of the user."""
    if isinstance(content, str):
        return [{"role": "user", "parts": [{"type": "text", "text": content}]}]
    if content and isinstance(content[0], Message):
        return [{"role": turn.role, "parts": _parts(turn.content)} for turn in content]
    return [{"role": "user", "parts": parts_of(content)}]


def parts_of(content: Content) -> list[dict[str, Any]]:
    """A response as parts; of messages, the assistant's turns in order."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if content and isinstance(content[0], Message):
        spoken = [turn for turn in content if turn.role == "assistant"] or content
        return [part for turn in spoken for part in _parts(turn.content)]
    return [part.model_dump(exclude_none=True) for part in cast("list[Part]", content)]


def _parts(content: str | list[Part]) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [part.model_dump(exclude_none=True) for part in content]
