"""The frozen models of a rubric document."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Discriminator, Field, StrictBool, StringConstraints, Tag

from domain.pipeline import MAX_STEPS, AnyStep, GateStep, WeightedStep
from domain.rubric.kinds import Aspect, Evidence, Kind, Need, Polarity, Role, Tier

FORMAT: Literal["rubricstudio/1"] = "rubricstudio/1"

MAX_CRITERIA = 5_000
MAX_GROUPS = 5_000
MAX_GUIDELINES = 500
MAX_TEXT = 20_000
MAX_LEVELS = 9
MAX_EXAMPLES = 50
MAX_WEIGHT = 1e6

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Weight = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=MAX_WEIGHT)]
Degree = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Reward = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1, le=1)]
Id = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Text = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=MAX_TEXT, pattern=r"\S"),
]
LongText = Annotated[str, StringConstraints(strict=True, max_length=MAX_TEXT)]
GroupTitle = Annotated[str, StringConstraints(strict=True, max_length=4_000)]
ShortText = Annotated[str, StringConstraints(strict=True, max_length=500)]


class Frozen(pydantic.BaseModel):
    """A value: never changes, knows all its keys."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class Guideline(Frozen):
    """A sentence that holds for every criterion."""

    id: Id
    text: Text


class Group(Frozen):
    """A weighted branch of the tree of criteria."""

    id: Id
    title: GroupTitle = ""
    parent: Id | None = None
    weight: Weight = 1.0


class Level(Frozen):
    """One level of an ordinal criterion."""

    label: ShortText
    value: Degree
    anchor: LongText = ""


class NumericScale(Frozen):
    """An even scale from min to max."""

    min: Number
    max: Number
    step: Number


class Gate(Frozen):
    """A veto: where the value lies on the wrong side the score cannot exceed the floor."""

    when: Literal["below", "above"]
    value: Degree
    floor: Reward = 0.0
    override: StrictBool = False


class AppliesCheck(Frozen):
    """A computed condition under which a criterion applies."""

    check: dict[str, Any]


class Example(Frozen):
    """An answer, or a piece of one, with the value an expert gives it."""

    text: Text
    value: Degree | None = None
    note: LongText = ""


def _levels_shape(value: Any) -> str:
    return "scale" if isinstance(value, dict | NumericScale) else "levels"


def _applies_shape(value: Any) -> str:
    return "check" if isinstance(value, dict | AppliesCheck) else "text"


Levels = Annotated[
    Annotated[tuple[Level, ...], Tag("levels")] | Annotated[NumericScale, Tag("scale")],
    Discriminator(_levels_shape),
]
AppliesWhen = Annotated[
    Annotated[Text, Tag("text")] | Annotated[AppliesCheck, Tag("check")],
    Discriminator(_applies_shape),
]


class Criterion(Frozen):
    """One thing an answer is judged by."""

    id: Id
    text: Text
    kind: Kind = Kind.BINARY
    polarity: Polarity = Polarity.POSITIVE
    weight: Weight = 1.0
    tier: Tier | None = None
    role: Role | None = None
    aspect: Aspect | None = None
    gate: Gate | None = None
    applies_when: AppliesWhen | None = None
    evidence: Evidence = Evidence.OPTIONAL
    needs: tuple[Need, ...] = ()
    group: Id | None = None
    tags: dict[ShortText, ShortText] = Field(default_factory=dict, max_length=50)
    levels: Levels | None = None
    check: dict[str, Any] | None = None
    examples: Annotated[tuple[Example, ...], Field(max_length=MAX_EXAMPLES)] = ()
    notes: LongText = ""

    @property
    def is_pitfall(self) -> bool:
        """Whether a true text subtracts."""
        return self.polarity is Polarity.NEGATIVE

    @property
    def all_needs(self) -> frozenset[Need]:
        """What must accompany an answer; equivalence with a reference always needs the reference."""
        implied = {Need.REFERENCE} if self.kind is Kind.ANSWER else set()
        return frozenset({*self.needs, *implied})


Absence = Literal["null", "exclude"]


class UnscoredPolicy(Frozen):
    """What a missing verdict does to the reward."""

    essential: Absence = "null"
    gate: Absence = "null"
    pitfall: Absence = "null"
    other: Absence = "exclude"


class ContentGate(Frozen):
    """The rule for answers with nothing in them."""

    min_words: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 1
    floor: Reward = 0.0


class GeneralScope(Frozen):
    """The rubric holds for any prompt."""

    kind: Literal["general"] = "general"


class PromptScope(Frozen):
    """The rubric belongs to one prompt."""

    kind: Literal["prompt"] = "prompt"
    dataset: ShortText | None = None
    prompt_id: Id


Scope = GeneralScope | PromptScope


def _default_scoring() -> tuple[AnyStep, ...]:
    return (GateStep(), WeightedStep())


class Rubric(Frozen):
    """What a rubric says, without the name and state under which it is stored."""

    title: ShortText = ""
    description: LongText = ""
    language: Annotated[str, StringConstraints(strict=True, max_length=35)] = "en"
    translation_of: ShortText | None = None
    scope: Annotated[Scope, Field(discriminator="kind")] = GeneralScope()
    guidelines: Annotated[tuple[Guideline, ...], Field(max_length=MAX_GUIDELINES)] = ()
    groups: Annotated[tuple[Group, ...], Field(max_length=MAX_GROUPS)] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=MAX_CRITERIA)] = ()
    scoring: Annotated[tuple[AnyStep, ...], Field(max_length=MAX_STEPS)] = Field(default_factory=_default_scoring)
    unscored: UnscoredPolicy = UnscoredPolicy()
    content_gate: ContentGate = ContentGate()
    extensions: dict[str, Any] = Field(default_factory=dict)

    def criterion(self, wanted: str) -> Criterion | None:
        """The criterion of this id."""
        return next((c for c in self.criteria if c.id == wanted), None)


def criterion_id(position: int, text: str) -> str:
    """The id of a criterion that came without one, the same on every import."""
    return _made_id("c", position, text)


def guideline_id(position: int, text: str) -> str:
    """The id of a guideline that came without one."""
    return _made_id("g", position, text)


def _made_id(prefix: str, position: int, text: str) -> str:
    form = f"{position}\n{unicodedata.normalize('NFC', text)}".encode("utf-8", "surrogatepass")
    return f"{prefix}_{hashlib.sha256(form).hexdigest()[:10]}"
