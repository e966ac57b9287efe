"""Sliders over weights that always sum to one, and the answers that they rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.judging import queries
from apps.judging.pages.weighing import base
from apps.rubrics import queries as rubric_queries
from apps.rubrics.models import RubricVersion
from domain import rubric, weighing

CRITERIA, GROUPS = "criteria", "groups"
MOST_SLIDERS = 60


@dataclass(frozen=True)
class Slider:
    """One slider: a criterion, or a group whose criteria keep their proportion; `members` are parts of the slider."""

    key: str
    number: str
    text: str
    share: float
    members: Mapping[str, float]
    is_pitfall: bool = False


def sliders(actor: Actor, version: RubricVersion, asked: Mapping[str, str]) -> dict[str, Any]:
    """The sliders of a scope, and what the present weights rank."""
    said = rubric_queries.domain_rubric(version)
    scopes = _scopes(said)
    scope = asked.get("scope", "")
    scope = scope if scope in dict(scopes) else (scopes[0][0] if scopes else "")
    shown = _sliders(said, scope) if scopes else []
    weights = {one.id: one.weight for one in said.criteria}
    return base(actor, version, "Sliders") | {
        "scopes": scopes,
        "scope": scope,
        "sliders": shown[:MOST_SLIDERS],
        "left_out": len(shown[MOST_SLIDERS:]),
        "fixed": _fixed(said, shown[:MOST_SLIDERS]),
        "prompts": queries.prompts_judged(version),
        "ranking": queries.ranking_of(version, weights) if shown else None,
        "compact": queries.compactness_of(version, weights) if shown else None,
        "numbers": _numbers(said),
        "tree": weighing.is_tree(said),
    }


def ranking(version: RubricVersion, asked: Mapping[str, str]) -> dict[str, Any]:
    """The answers under the shares of the sliders; what may go only where it is asked for."""
    found = queries.from_shares(version, rubric_queries.read_shares(asked.get("shares", "")))
    prompt = asked.get("prompt", "")
    key = int(prompt) if prompt.isdecimal() and len(prompt) < 19 else None
    compact = queries.compactness_of(version, found.criteria) if asked.get("compact") else None
    return {
        "version": version,
        "rubric": version.rubric,
        "ranking": queries.ranking_of(version, found.criteria, prompt=key),
        "compact": compact,
        "numbers": _numbers(rubric_queries.domain_rubric(version)),
    }


def _parts(said: rubric.Rubric) -> dict[str, float]:
    """Shares of the whole; in a tree, where groups weigh apart, parts of the sum of the criteria's own weights."""
    if not weighing.is_tree(said):
        return rubric.shares(said)
    total = sum(one.weight for one in said.criteria) or 1.0
    return {one.id: one.weight / total for one in said.criteria}


def _numbers(said: rubric.Rubric) -> dict[str, int]:
    return {one.id: place for place, one in enumerate(said.criteria, start=1)}


def _scopes(said: rubric.Rubric) -> list[tuple[str, str]]:
    """What sliders may be over; in a tree only what lies in one group, as groups weigh apart there."""
    sections = [one for one in weighing.sections_of(said) if one.is_open]
    inside = [
        (f"in-{one.id}", f"inside “{one.title[:60]}”" if one.id else "criteria without a group")
        for one in sections
        if sum(not item.is_group for item in one.items) > 1
    ]
    if weighing.is_tree(said):
        return inside
    found = [(CRITERIA, "all criteria")] if len(said.criteria) > 1 else []
    if any(item.is_group for one in sections if not one.id for item in one.items):
        found.insert(0, (GROUPS, "groups"))
    return found + [one for one in inside if said.groups]


def _sliders(said: rubric.Rubric, scope: str) -> list[Slider]:
    shares = _parts(said)
    if scope == GROUPS:
        return _of_groups(said, shares)
    chosen = [one for one in said.criteria if scope == CRITERIA or (one.group or "") == scope.removeprefix("in-")]
    numbers = _numbers(said)
    total = sum(shares[one.id] for one in chosen)
    return [
        Slider(
            key=one.id, number=str(numbers[one.id]), text=one.text, is_pitfall=one.is_pitfall,
            share=shares[one.id] / total if total else 1 / len(chosen), members={one.id: 1.0},
        )
        for one in chosen
    ]  # fmt: skip


def _of_groups(said: rubric.Rubric, shares: Mapping[str, float]) -> list[Slider]:
    """One slider a group at the top, with all below it, and one for each criterion beside them."""
    groups = {group.id: group for group in said.groups}
    inside: dict[str, list[str]] = {}
    for one in said.criteria:
        chain = rubric.ancestors(groups, one.group)
        inside.setdefault(f"groups/{chain[-1].id}" if chain else f"criteria/{one.id}", []).append(one.id)
    texts = {f"groups/{group.id}": group.title or group.id for group in said.groups}
    texts |= {f"criteria/{one.id}": one.text for one in said.criteria}
    found = []
    for key, names in inside.items():
        total = sum(shares[name] for name in names)
        members = {name: shares[name] / total if total else 1 / len(names) for name in names}
        found.append(Slider(key.split("/", 1)[1], "", texts[key], total, members))
    whole = sum(one.share for one in found)
    return found if whole else [Slider(o.key, "", o.text, 1 / len(found), o.members) for o in found]


def _fixed(said: rubric.Rubric, shown: list[Slider]) -> dict[str, Any]:
    """What no slider holds keeps its share; `room` is what the sliders share out."""
    held = {name for one in shown for name in one.members}
    shares = _parts(said)
    kept = {name: share for name, share in shares.items() if name not in held}
    room = sum(share for name, share in shares.items() if name in held)
    return {"kept": kept, "room": room or 1.0}
