"""Proposed edits in words: what each is about, and from where to where a move leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries
from apps.rubrics.models import Hunk, Proposal, RubricVersion
from apps.rubrics.pages.frame import frame
from domain import rubric

SHOWN = 200
LENGTH = 70
_NOUNS = {"criteria": "criterion", "groups": "group", "guidelines": "guideline"}
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """A hunk as a page tells it; a move says from where it leads to where."""

    view: queries.HunkView
    heading: str
    name: str
    origin: str = ""
    goal: str = ""
    inside: str = ""
    needs: tuple[str, ...] = ()

    @property
    def hunk(self) -> Hunk:
        """The hunk itself."""
        return self.view.hunk

    @property
    def seen(self) -> str:
        """What it says now, so that nobody decides on what they have not read."""
        return queries.hunks_seen([self.hunk])


def proposal_page(actor: Actor, row: Proposal) -> dict[str, Any]:
    """What the page of a proposal shows: every edit in words, and what this person may do with it."""
    told = tell(row, queries.hunks_of(row))
    waiting = [one.hunk for one in told if one.hunk.decision == "open"]
    return {
        **frame(actor, row.base, "discuss"),
        "proposal": row,
        "hunks": told,
        "waiting": len(waiting),
        "seen": queries.hunks_seen(waiting),
        "may_decide": actor.can(Role.AUTHOR) and row.state == Proposal.State.OPEN,
        "may_take_back": row.created_by_id == actor.user.pk and row.state == Proposal.State.OPEN,
    }


@dataclass(frozen=True)
class Beside:
    """An edit that waits, for the row of the criterion that it is about."""

    told: Told
    row: int

    @property
    def hunk(self) -> Hunk:
        """The hunk itself."""
        return self.told.hunk


def beside_rows(version: RubricVersion, actor: Actor) -> list[Beside]:
    """Edits that wait for a decision, by the rows of the criteria that the version has."""
    views = queries.suggested_on(version, actor)
    keys = {f"criteria/{name}": key for name, key in version.criteria.values_list("criterion_id", "pk")}
    labels = _labels(queries.draft_document(version), [view.hunk for view in views])
    return [Beside(_told(view, labels, {}), keys[view.hunk.pointer]) for view in views if view.hunk.pointer in keys]


def own_edits(version: RubricVersion, actor: Actor) -> list[Told]:
    """The edits of this person that wait for a decision on a version, whichever proposal they are in."""
    rows = list(queries.open_hunks(version, actor)[:SHOWN])
    labels = _labels(queries.draft_document(version), rows)
    return [_told(queries.HunkView(hunk, None, ()), labels, {}) for hunk in rows]


def tell(row: Proposal, views: Sequence[queries.HunkView]) -> list[Told]:
    """All hunks of a proposal in words."""
    hunks = [view.hunk for view in views]
    labels = _labels(queries.draft_document(row.base), hunks)
    adds = {hunk.pointer: hunk for hunk in hunks if hunk.op == Hunk.Op.ADD and hunk.decision == "open"}
    return [_told(view, labels, adds) for view in views]


def _labels(document: Mapping[str, Any], hunks: Sequence[Hunk]) -> dict[str, str]:
    """Names of everything that an edit may be about or stand behind, by pointer."""
    found = {f"{name}/{item['id']}": _name(item) for name in _NOUNS for item in document[name]}
    for hunk in hunks:
        if hunk.op == Hunk.Op.ADD and isinstance(hunk.after, dict):
            found[hunk.pointer] = _name(hunk.after)
        elif isinstance(hunk.before, dict) and "/" in hunk.pointer and "id" in hunk.before:
            found.setdefault(hunk.pointer, _name(hunk.before))
    return found


def _name(item: Mapping[str, Any]) -> str:
    text = " ".join(str(item.get("text") or item.get("title") or item["id"]).split())
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def _told(view: queries.HunkView, labels: Labels, adds: Mapping[str, Hunk]) -> Told:
    hunk = view.hunk
    table, _, key = hunk.pointer.partition("/")
    heading = f"{hunk.get_op_display().capitalize()} {_NOUNS.get(table, table.replace('_', ' '))}"
    told = hunk.before if isinstance(hunk.before, dict) and "id" in hunk.before else None
    name = _name(told) if told else labels.get(hunk.pointer, key)
    needs = _needs(hunk, adds, labels)
    if hunk.op == Hunk.Op.MOVE:
        return Told(view, heading, name, *_way(table, hunk.before, hunk.after, labels), needs=needs)
    lies = rubric.LIES_IN.get(table)
    group = hunk.after.get(lies) if lies and hunk.op == Hunk.Op.ADD and isinstance(hunk.after, dict) else None
    inside = labels.get(f"groups/{group}", str(group)) if group else ""
    return Told(view, heading, name, inside=inside, needs=needs)


def _way(table: str, before: Any, after: Any, labels: Labels) -> tuple[str, str]:
    """From which place to which; the group is named where it is another one."""
    sides = [side if isinstance(side, dict) else {} for side in (before, after)]
    words = [_place(table, side, labels) for side in sides]
    lies = rubric.LIES_IN.get(table, "")
    if lies not in sides[1] or sides[0].get(lies) == sides[1][lies]:
        return words[0], words[1]
    groups = [labels.get(f"groups/{side[lies]}", side[lies]) if side.get(lies) else "" for side in sides]
    where = [f"the group “{group}”" if group else "no group" for group in groups]
    return f"{where[0]}, {words[0]},", f"{where[1]}, {words[1]}"


def _place(table: str, place: Mapping[str, Any], labels: Labels) -> str:
    front = place.get("after")
    return f"behind “{labels.get(f'{table}/{front}', front)}”" if front else "the first place"


def _needs(hunk: Hunk, adds: Mapping[str, Hunk], labels: Labels) -> tuple[str, ...]:
    """New groups that are accepted together with this edit, since it leads into them."""
    found: list[str] = []
    at: Hunk | None = hunk
    while at is not None and hunk.decision == "open":
        lies = rubric.LIES_IN.get(at.pointer.partition("/")[0])
        target = at.after.get(lies) if lies and isinstance(at.after, dict) else None
        at = adds.get(f"groups/{target}") if target else None
        if at is None or (name := labels[at.pointer]) in found:
            break
        found.append(name)
    return tuple(found)
