"""The Edit page: criteria in their groups with share bars and chips, and what stands beside them."""

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from apps.accounts.permissions import Actor
from apps.rubrics import forms, queries
from apps.rubrics.models import Group, RubricVersion
from apps.rubrics.pages import quality
from apps.rubrics.pages.frame import address, frame, steps
from domain import rubric

_MODES = {rubric.Mode.WEIGHT: "Weights", rubric.Mode.POINTS: "Points", rubric.Mode.TIER: "Tiers"}
AXES = ("dimension", "scenario", "discipline")


@dataclass(frozen=True)
class Chip:
    """A small label."""

    text: str
    tone: str = ""
    cell: str = ""

    @property
    def long(self) -> bool:
        """Whether it may break over lines."""
        return len(self.text) > 30


@dataclass(frozen=True)
class Row:
    """A criterion in the table."""

    key: int
    number: int
    said: rubric.Criterion
    share: str
    bar: int
    typed_weight: str
    chips: tuple[Chip, ...]
    revision: str
    factor: float
    url: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Block:
    """A group with its criteria; without a group the key is None."""

    group: Group | None
    depth: int
    share: float
    rows: tuple[Row, ...]
    parent: str | None = None

    @property
    def indent(self) -> int:
        """How far it stands to the right; deep trees stop moving at some point."""
        return min(self.depth, 8)


def editor(actor: Actor, version: RubricVersion, **more: Any) -> dict[str, Any]:
    """Everything the Edit page shows; `more` holds forms that failed or the row that is open."""
    prefetch_related_objects([version], "criteria", "groups", "guidelines")
    document = queries.draft_document(version)
    said = rubric.parse(document)
    blocks = _blocks(version, document, said)
    undo, redo = queries.revisions_around(version) if version.is_draft else (None, None)
    numbers = {row.said.id: row.number for block in blocks for row in block.rows}
    remarks = [item for item in quality.advice(version, said, numbers) if item.dismissal is None]
    return {
        **frame(actor, version, "edit", open_remarks=len(remarks)),
        "said": said,
        "blocks": blocks,
        "undo": undo,
        "redo": redo,
        "remarks": remarks,
        "most_remarks": f":{quality.IN_PANEL}",
        "longest": queries.longest(said),
        "scoring": scoring_sentences(said),
        "add_form": forms.AddForm(groups=group_choices(document), focus=bool(more.get("added"))),
        "group_form": forms.GroupForm(groups=group_choices(document), prefix="group"),
        "weighting": _weighting(version, said),
        "bulk_form": forms.BulkForm(groups=group_choices(document)),
        "cell_form": forms.CellForm(groups=group_choices(document), auto_id=False),
        **more,
    }


def _weighting(version: RubricVersion, said: rubric.Rubric) -> dict[str, Any]:
    """The way of weighing, the others to choose from, and what it shows: the sum of points or the weights of tiers."""
    mode = queries.weighting_mode(version)
    return {
        "mode": mode,
        "modes": [(one, _MODES[one]) for one in rubric.Mode],
        "sum": math.fsum(c.weight for c in said.criteria if not c.is_pitfall),
        "tiers": [(name, forms.typed(float(value))) for name, value in queries.tier_weights(version).items()],
    }


def group_choices(document: dict[str, Any], without: str | None = None) -> list[tuple[str, str]]:
    """The groups to choose from, indented as they lie in one another."""
    titles = {group["id"]: group["title"] or group["id"] for group in document["groups"]}
    return [
        (section.group, "\u2003" * section.depth + titles[section.group])
        for section in queries.outline(document)
        if section.group is not None and section.group != without
    ]


def scoring_sentences(said: rubric.Rubric) -> list[str]:
    """How values become a score, in words."""
    sentences = []
    if any(isinstance(step, rubric.GateStep) for step in said.scoring):
        gated = sum(criterion.gate is not None for criterion in said.criteria)
        sentences.append(f"Gates limit the score: {gated} of {len(said.criteria)} criteria have one.")
    for step in said.scoring:
        if isinstance(step, rubric.WeightedStep):
            sentences.append(_weighted(step))
        elif isinstance(step, rubric.TreeStep):
            sentences.append("Every group is the weighted mean of what lies in it, from the leaves to the root.")
    gate = said.content_gate
    if gate.min_words:
        words = "without a word" if gate.min_words == 1 else f"with fewer than {gate.min_words} words"
        sentences.append(f"An answer {words} scores {gate.floor:g} without a judge.")
    return sentences


def _weighted(step: rubric.WeightedStep) -> str:
    negatives = {
        "subtract": "a true pitfall subtracts its weight",
        "reward_absence": "an absent pitfall adds its weight",
    }[step.negatives]
    size = "the sum is divided by all positive weight" if step.normalise == "positive_weight" else "the sum stays as is"
    return f"Values are multiplied by weights and added up; {negatives}; {size}."


def table_row(actor: Actor, version: RubricVersion, criterion_id: str) -> dict[str, Any]:
    """The row of one criterion alone; its share and number are counted on the page that has the others."""
    found = version.criteria.select_related("group").get(criterion_id=criterion_id)
    groups = {group.group_id: group for group in version.groups.select_related("parent")}
    part = queries.criterion_part(found)
    said = rubric.Criterion.model_validate(part)
    row = _row(version, found.pk, said, part, number=0, factor=_factor(groups, said.group), share=0.0, top=1.0)
    return {"version": version, "rubric": version.rubric, "steps": steps(actor, version), "row": row}


def _factor(groups: dict[str, Group], name: str | None) -> float:
    """What the weights of the groups around a criterion multiply its own by."""
    factor = 1.0
    while name is not None:
        group = groups[name]
        factor *= group.weight
        name = group.parent.group_id if group.parent else None
    return factor


def _row(
    version: RubricVersion,
    key: int,
    said: rubric.Criterion,
    part: dict[str, Any],
    *,
    number: int,
    factor: float,
    share: float,
    top: float,
) -> Row:
    return Row(
        key=key,
        number=number,
        said=said,
        share=f"{share * 100:.0f}\u00a0%",
        bar=round(100 * share / top),
        typed_weight=forms.typed(said.weight),
        chips=chips(said),
        revision=queries.fingerprint(part) if version.is_draft else "",
        factor=factor,
        url=address("criterion-edit", version, 0).removesuffix("0/") + f"{key}/",
        tags=tuple((axis, said.tags[axis]) for axis in AXES if axis in said.tags),
    )


def _blocks(version: RubricVersion, document: dict[str, Any], said: rubric.Rubric) -> list[Block]:
    keys = {row.criterion_id: row.pk for row in version.criteria.all()}
    groups = {group.group_id: group for group in version.groups.all()}
    names = {group.pk: group.group_id for group in groups.values()}
    shares = rubric.shares(said)
    top = max(shares.values(), default=0) or 1
    by_id = {criterion.id: criterion for criterion in said.criteria}
    parts = {part["id"]: part for part in document["criteria"]}
    under = _group_shares(said, shares)
    own = {group.id: group for group in said.groups}
    blocks, number = [], 0
    for section in queries.outline(document):
        factor = math.prod(group.weight for group in rubric.ancestors(own, section.group))
        rows = []
        for name in section.criteria:
            number += 1
            found, part, share = by_id[name], parts[name], shares[name]
            rows.append(_row(version, keys[name], found, part, number=number, factor=factor, share=share, top=top))
        group = groups[section.group] if section.group else None
        if rows or group is not None or not groups:
            parent = names.get(group.parent_id) if group is not None and group.parent_id else None
            blocks.append(Block(group, section.depth, under.get(section.group, 0.0), tuple(rows), parent))
    return blocks


def _group_shares(said: rubric.Rubric, shares: dict[str, float]) -> dict[str | None, float]:
    """The share of all criteria in a group and in the groups below it."""
    groups = {group.id: group for group in said.groups}
    sums: dict[str | None, float] = {}
    for criterion in said.criteria:
        for group in rubric.ancestors(groups, criterion.group):
            sums[group.id] = sums.get(group.id, 0.0) + shares[criterion.id]
    return sums


def chips(criterion: rubric.Criterion) -> tuple[Chip, ...]:
    """What a criterion is, in chips."""
    found = []
    if criterion.is_pitfall:
        found.append(Chip("pitfall, subtracts", "r", "polarity"))
    if criterion.tier:
        found.append(Chip(criterion.tier, "a" if criterion.tier is rubric.Tier.ESSENTIAL else "", "tier"))
    found.append(_kind(criterion))
    if criterion.gate:
        found.append(Chip(_gate(criterion), "r"))
    if criterion.evidence is rubric.Evidence.REQUIRED:
        found.append(Chip("evidence required", "", "evidence"))
    if criterion.applies_when:
        found.append(Chip("applies only sometimes", "w"))
    found.extend(Chip(f"needs {need}") for need in criterion.needs)
    found.extend(Chip(str(word).replace("_", " ")) for word in (criterion.role, criterion.aspect) if word)
    if criterion.tags:
        found.append(Chip(" · ".join(criterion.tags.values()), "", "dimension"))
    return tuple(found)


def _kind(criterion: rubric.Criterion) -> Chip:
    if criterion.kind is rubric.Kind.CHECK:
        return Chip("computed, no model", "g", "kind")
    if isinstance(criterion.levels, tuple):
        return Chip(f"ordinal, {len(criterion.levels)} levels", "", "kind")
    if isinstance(criterion.levels, rubric.NumericScale):
        return Chip(f"numeric, {criterion.levels.min:g} to {criterion.levels.max:g}", "", "kind")
    return Chip(str(criterion.kind), "", "kind")


def _gate(criterion: rubric.Criterion) -> str:
    gate = criterion.gate
    assert gate is not None
    effect = "sets the score to" if gate.override else "limits the score to"
    return f"gate: {gate.when} {gate.value:g} {effect} {gate.floor:g}"
