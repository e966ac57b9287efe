"""The question that two edits of the same field leave open."""

from dataclasses import dataclass
from typing import Any

from apps.rubrics import services
from domain import rubric


@dataclass(frozen=True)
class ClashField:
    """A field that two people changed, with the words that each of them changed."""

    name: str
    label: str
    mine: tuple[rubric.Piece, ...]
    theirs: tuple[rubric.Piece, ...]
    own_text: str
    editable: bool


def clash(found: services.Clash) -> dict[str, Any]:
    """The fields in conflict, each with both sides against what both had seen."""
    fields = []
    for conflict in found.conflicts:
        base, mine, theirs = (rubric.shown(value) for value in (conflict.base, conflict.mine, conflict.theirs))
        fields.append(
            ClashField(
                name=conflict.field,
                label=conflict.field.replace("_", " "),
                mine=rubric.words(base, mine),
                theirs=rubric.words(base, theirs),
                own_text=conflict.mine if isinstance(conflict.mine, str) else "",
                editable=isinstance(conflict.theirs, str)
                and conflict.field in {"text", "notes", "title", "description"},
            )
        )
    return {"fields": fields}
