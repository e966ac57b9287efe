"""How an edit meets what others stored meanwhile: joined field by field, asked for where both changed the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.rubrics import queries
from apps.rubrics.services import drafts
from domain import rubric


@dataclass(frozen=True)
class Pick:
    """What a person chose for a field in conflict: `mine`, `theirs`, or a text of their own."""

    way: str
    text: str = ""


@dataclass(frozen=True)
class Seen:
    """What a person saw before they typed, and what they chose where it met another edit.

    `base` holds the part as it was shown; `against` is the fingerprint of the stored part that the picks were made for.
    """

    fingerprint: str | None = None
    base: Mapping[str, Any] | None = None
    picks: Mapping[str, Pick] = field(default_factory=dict)
    against: str = ""


class Clash(drafts.Stale):
    """Two people changed the same field in different ways."""

    def __init__(self, conflicts: Sequence[rubric.Conflict], theirs: Mapping[str, Any]) -> None:
        names = [conflict.field for conflict in conflicts]
        super().__init__("Somebody changed the same while you wrote.", details={"fields": names})
        self.conflicts = tuple(conflicts)
        self.theirs = dict(theirs)


def join(present: Mapping[str, Any], changes: Mapping[str, Any], seen: Seen) -> dict[str, Any]:
    """The stored part with somebody's changes, whatever others changed since that person saw it."""
    now = queries.fingerprint(present)
    if seen.base is None:
        drafts.check_unchanged(present, seen.fingerprint)
        return {**present, **changes}
    base = {key: _shown(seen.base, key, value) for key, value in present.items()}
    merged, conflicts = rubric.merge_item("", base, {**base, **changes}, dict(present))
    picks = seen.picks if seen.against == now else {}
    if [conflict for conflict in conflicts if conflict.field not in picks]:
        raise Clash(conflicts, present)
    return rubric.settle(merged, conflicts, {c.field: _value(c, picks[c.field]) for c in conflicts})


def _shown(base: Mapping[str, Any], key: str, present: Any) -> Any:
    """What the form says it showed; a browser may say anything, so guidelines must at least have ids."""
    value = base.get(key, present)
    if key == "guidelines" and not (isinstance(value, list) and all(map(_has_id, value))):
        return []
    return value


def _has_id(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str)


def _value(conflict: rubric.Conflict, pick: Pick) -> Any:
    if pick.way == "edit" and isinstance(conflict.theirs, str):
        return pick.text
    return conflict.mine if pick.way == "mine" else conflict.theirs
