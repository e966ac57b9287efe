"""What a rubric would say with changes that somebody is still typing: only what turns stored verdicts into a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Field

from domain import errors, pipeline
from domain.pipeline import MAX_STEPS, AnyStep
from domain.rubric.kinds import Polarity, Tier
from domain.rubric.models import (
    ContentGate,
    Criterion,
    Frozen,
    Gate,
    Id,
    Rubric,
    UnscoredPolicy,
    Weight,
)
from domain.rubric.weights import tier_weight


class SupposedCriterion(Frozen):
    """The fields of one criterion that are being changed; those that were not given stay."""

    weight: Weight = 1.0
    polarity: Polarity = Polarity.POSITIVE
    tier: Tier | None = None
    gate: Gate | None = None


class Supposed(Frozen):
    """Changes by criterion, weights by group and by tier, and what holds for the whole rubric."""

    criteria: dict[Id, SupposedCriterion] = Field(default_factory=dict)
    groups: dict[Id, Weight] = Field(default_factory=dict)
    tiers: dict[Literal["essential", "important", "optional", "pitfall"], Weight] = Field(default_factory=dict)
    scoring: Annotated[tuple[AnyStep, ...], Field(max_length=MAX_STEPS)] | None = None
    unscored: UnscoredPolicy | None = None
    content_gate: ContentGate | None = None

    @pydantic.field_validator("scoring")
    @classmethod
    def _sums_once(cls, steps: tuple[AnyStep, ...] | None) -> tuple[AnyStep, ...] | None:
        if steps is not None and sum(step.step in pipeline.SUMS for step in steps) != 1:
            raise ValueError("A score needs one step that sums.")
        return steps

    @property
    def count(self) -> int:
        """How many things are being changed."""
        whole = (self.scoring, self.unscored, self.content_gate)
        return len(self.criteria) + len(self.groups) + len(self.tiers) + sum(part is not None for part in whole)


NOTHING = Supposed()


def read_supposed(text: str, rubric: Rubric) -> Supposed:
    """Changes as an editor sends them, in JSON: unknown criteria and groups are left out, bad values refused."""
    try:
        said = Supposed.model_validate_json(text)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = "/" + "/".join(map(str, first["loc"]))
        problem = errors.Problem(place, str(first["msg"]))
        sentence = f"What was typed cannot be scored: {problem.message}"
        raise errors.Invalid(sentence, code="typed_invalid", problems=[problem]) from error
    criteria, groups = {one.id for one in rubric.criteria}, {one.id for one in rubric.groups}
    known: dict[str, dict[Any, Any]] = {
        "criteria": {name: given for name, given in said.criteria.items() if name in criteria},
        "groups": {name: given for name, given in said.groups.items() if name in groups},
    }
    return said.model_copy(update=known)


def suppose(rubric: Rubric, said: Supposed, *, tiers: Mapping[str, float] | None = None) -> Rubric:
    """The rubric with these changes; `tiers` are the weights of tiers where these give the weights, else None."""
    weights = None if tiers is None else {str(name): weight for name, weight in [*tiers.items(), *said.tiers.items()]}
    whole = {name: getattr(said, name) for name in ("unscored", "content_gate")}
    whole["scoring"] = said.scoring and _steps(rubric.scoring, said.scoring)
    changed: dict[str, Any] = {name: part for name, part in whole.items() if part is not None}
    changed["criteria"] = tuple(_criterion(one, said, weights) for one in rubric.criteria)
    changed["groups"] = tuple(
        one.model_copy(update={"weight": said.groups[one.id]}) if one.id in said.groups else one
        for one in rubric.groups
    )
    return rubric.model_copy(update=changed)


def _criterion(one: Criterion, said: Supposed, weights: Mapping[str, float] | None) -> Criterion:
    """As it is stored: a new tier or polarity brings its weight where tiers give the weights."""
    given = said.criteria.get(one.id)
    update: dict[str, Any] = {name: getattr(given, name) for name in given.model_fields_set} if given else {}
    changed = one.model_copy(update=update) if update else one
    if weights is None or not (said.tiers or {"tier", "polarity"} & set(update)):
        return changed
    weight = tier_weight(changed.tier, pitfall=changed.is_pitfall, tier_weights=weights)
    return changed.model_copy(update={"weight": weight})


def _steps(stored: tuple[AnyStep, ...], said: tuple[AnyStep, ...]) -> tuple[AnyStep, ...]:
    """The steps that were said; where only gates and the sum were, they take the place of the stored ones."""
    if any(step.step not in {*pipeline.SUMS, "gate"} for step in said):
        return said
    total = next(step for step in said if step.step in pipeline.SUMS)
    gates = [step for step in said if step.step == "gate"]
    before = next(step for step in stored if step.step in pipeline.SUMS)
    if total.step == before.step and total.step != "weighted":
        total = before
    return (*gates, *(total if step.step in pipeline.SUMS else step for step in stored if step.step != "gate"))
