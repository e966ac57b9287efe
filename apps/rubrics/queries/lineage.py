"""How the versions of a rubric come from one another, and the last state that two of them share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.rubrics.models import Origin, Revision, Rubric, RubricVersion
from apps.rubrics.queries.documents import draft_document
from apps.rubrics.queries.steps import step_document
from domain import rubric

Document = dict[str, Any]


@dataclass(frozen=True)
class State:
    """What a version said at some moment; `said` reads it."""

    version: RubricVersion
    at: datetime
    said: Callable[[], Document]


def merges_in(rubric: Rubric) -> dict[int, list[Origin]]:
    """The merges in force in each version of a rubric, by the version's key."""
    rows = Origin.objects.filter(version__rubric=rubric, way=Origin.Way.MERGED).select_related("version", "other", "by")
    found: dict[int, list[Origin]] = {}
    for row in rows.defer("document", "version__document", "other__document").order_by("pk"):
        if row.pk in row.version.joined:
            found.setdefault(row.version_id, []).append(row)
    return found


def common_state(mine: RubricVersion, theirs: RubricVersion) -> State | None:
    """The latest state that both versions come from; none where they share none."""
    versions = {row.pk: row for row in mine.rubric.versions.defer("document")}
    origins = list(Origin.objects.filter(version__rubric=mine.rubric_id).defer("document").order_by("pk"))
    own, others = (_states(versions[row.pk], versions, origins) for row in (mine, theirs))
    shared = [min(own[key], others[key], key=lambda state: state.at) for key in own if key in others]
    return max(shared, key=lambda state: (state.at, state.version.number), default=None)


def empty_document() -> Document:
    """What two versions have in common that have nothing in common."""
    return rubric.parse({"format": rubric.FORMAT}).model_dump(mode="json")


def _states(start: RubricVersion, versions: dict[int, RubricVersion], origins: list[Origin]) -> dict[int, State]:
    """The latest state of each version that went into this one, itself included."""
    found: dict[int, State] = {}
    waiting = [State(start, timezone.now(), _present(start))]
    while waiting:
        state = waiting.pop()
        known = found.get(state.version.pk)
        if known is not None and known.at >= state.at:
            continue
        found[state.version.pk] = state
        waiting.extend(_before(state, versions, origins))
    return found


def _before(state: State, versions: dict[int, RubricVersion], origins: list[Origin]) -> list[State]:
    version = state.version
    mine = [row for row in origins if row.version_id == version.pk and row.created_at <= state.at]
    merged = [row for row in mine if row.way == Origin.Way.MERGED and row.pk in version.joined]
    copied = next((row for row in mine if row.way == Origin.Way.COPIED), None)
    found = [_kept(versions[row.other_id], row) for row in merged]
    if copied is not None:
        found.append(_kept(versions[copied.other_id], copied))
    elif version.parent_id in versions:
        found.append(_parent(version, versions[version.parent_id]))
    return found


def _kept(other: RubricVersion, origin: Origin) -> State:
    def said() -> Document:
        found: Document = Origin.objects.only("document").get(pk=origin.pk).document
        return found

    return State(other, min(origin.created_at, _last_change(other)), said)


def _parent(child: RubricVersion, parent: RubricVersion) -> State:
    """A parent that is frozen says what it said; for one that is not, the child's first step tells."""
    if not parent.is_draft:
        return State(parent, min(_last_change(parent), child.created_at), _present(parent))
    first = Revision.objects.filter(version=child, what="opened").order_by("number").first()
    said = _present(child) if first is None else lambda: step_document(first)
    return State(parent, child.created_at, said)


def _last_change(version: RubricVersion) -> datetime:
    return version.edited_at or version.created_at


def _present(version: RubricVersion) -> Callable[[], Document]:
    return lambda: draft_document(version)
