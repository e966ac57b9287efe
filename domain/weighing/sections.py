"""The questions that weights of a rubric divide into: one an inner node, about what lies directly in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from domain.rubric import MAX_WEIGHT, Group, Rubric, TreeStep, ancestors
from domain.weighing.simplex import WeightsInvalid, normalised

Local = Mapping[str, Mapping[str, float]]
"""Weights by section and item, summing to one in each section."""


@dataclass(frozen=True)
class Item:
    """A criterion or a group in a section; `key` is its place in the document: `criteria/c_1` or `groups/safety`."""

    key: str
    id: str
    text: str
    weight: float
    is_group: bool = False
    is_pitfall: bool = False


@dataclass(frozen=True)
class Section:
    """What lies directly in one group, or with an empty id at the root."""

    id: str
    title: str
    items: tuple[Item, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its items."""
        return tuple(item.key for item in self.items)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to weigh against each other."""
        return len(self.items) > 1

    @property
    def present(self) -> dict[str, float]:
        """What the items weigh now, summing to one; equal where nothing weighs."""
        least = 0.0 if any(item.weight for item in self.items) else 1.0
        return normalised({item.key: max(item.weight, least) for item in self.items})


def is_tree(rubric: Rubric) -> bool:
    """Whether the score is a mean of means, so that weights of groups and of criteria act apart."""
    return any(isinstance(step, TreeStep) for step in rubric.scoring)


def sections_of(rubric: Rubric) -> tuple[Section, ...]:
    """The root, then each group with something in it, in the order of the document."""
    titles: dict[str | None, str] = {None: ""}
    titles.update({group.id: group.title or group.id for group in rubric.groups})
    inside: dict[str | None, list[Item]] = {name: [] for name in titles}
    for group in rubric.groups:
        title = group.title or group.id
        inside[group.parent].append(Item(f"groups/{group.id}", group.id, title, group.weight, is_group=True))
    for one in rubric.criteria:
        key = f"criteria/{one.id}"
        inside[one.group].append(Item(key, one.id, one.text, one.weight, is_pitfall=one.is_pitfall))
    return tuple(Section(name or "", titles[name], tuple(items)) for name, items in inside.items() if items)


def overall(rubric: Rubric, local: Local) -> dict[str, float]:
    """Each criterion's share of the whole: the product of its weight and those of its groups, each in its section.

    Sections that are not given keep their present weights.
    """
    parts = {one.id: {**one.present, **local.get(one.id, {})} for one in sections_of(rubric)}
    groups = {group.id: group for group in rubric.groups}
    found = {}
    for one in rubric.criteria:
        chain = ancestors(groups, one.group)
        above = [parts[group.parent or ""][f"groups/{group.id}"] for group in chain]
        found[one.id] = math.prod([parts[one.group or ""][f"criteria/{one.id}"], *above])
    return normalised(found)


@dataclass(frozen=True)
class Kept:
    """New weights of criteria and of groups, in the unit of the present ones."""

    criteria: dict[str, float]
    groups: dict[str, float]


def kept_weights(rubric: Rubric, local: Local) -> Kept:
    """The weights of a document that express these: sums stay what they are now, so points remain points.

    In a tree each section keeps its own sum. Else groups keep their weights and the total over all criteria stays.
    """
    if is_tree(rubric):
        return _in_tree(rubric, local)
    return Kept(of_shares(rubric, overall(rubric, local)), {group.id: group.weight for group in rubric.groups})


def of_shares(rubric: Rubric, shares: Mapping[str, float]) -> dict[str, float]:
    """The weights of criteria under which each has this share of the sum, which stays what it is now.

    Raises WeightsInvalid where a group of no weight stands in the way.
    """
    groups = {group.id: group for group in rubric.groups}
    above = {one.id: _above(groups, one.group) for one in rubric.criteria}
    held = [name for name, share in shares.items() if share > 0 and not above[name] > 0]
    if held:
        raise WeightsInvalid(f"{held[0]!r} lies in a group of weight 0, so it cannot weigh anything.")
    total = math.fsum(one.weight * above[one.id] for one in rubric.criteria) or 1.0
    found = {name: share * total / above[name] if share > 0 else 0.0 for name, share in normalised(shares).items()}
    return within(found)


def within(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights that a document can hold; raises WeightsInvalid where one is too large."""
    large = [name for name, weight in weights.items() if weight > MAX_WEIGHT]
    if large:
        raise WeightsInvalid(f"{large[0]!r} would weigh more than {MAX_WEIGHT:g}, the most a weight may be.")
    return {name: float(f"{weight:.12g}") for name, weight in weights.items()}


def _in_tree(rubric: Rubric, local: Local) -> Kept:
    criteria: dict[str, float] = {}
    groups: dict[str, float] = {}
    for section in sections_of(rubric):
        given = local.get(section.id)
        total = math.fsum(item.weight for item in section.items) or 1.0
        for item in section.items:
            weight = item.weight if given is None else given[item.key] * total
            (groups if item.is_group else criteria)[item.id] = weight
    return Kept(within(criteria), within(groups))


def _above(groups: Mapping[str, Group], name: str | None) -> float:
    return math.prod(group.weight for group in ancestors(groups, name))
