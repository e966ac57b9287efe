"""The Discuss page and the panel beside the table: discussions with what they are about."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.rubrics import forms, queries
from apps.rubrics.models import RubricVersion, Thread
from apps.rubrics.pages.frame import frame


@dataclass(frozen=True)
class Discussed:
    """A discussion and what it is about, as this version says it; nothing where it is no longer there."""

    thread: Thread
    text: str
    level_left: bool


def threads(actor: Actor, version: RubricVersion, *, show: str, criterion: str, form: Any = None) -> dict[str, Any]:
    """Everything the Discuss page shows, narrowed to some discussions."""
    known = panel(actor, version, criterion, show=show, form=form)
    return {
        **frame(actor, version, "discuss"),
        **known,
        "show": show if show in queries.SHOWN else "",
        "shown_kinds": queries.SHOWN.items(),
        "proposals": queries.proposals_of(version.rubric),
    }


def panel(actor: Actor, version: RubricVersion, criterion: str, *, show: str = "", form: Any = None) -> dict[str, Any]:
    """The discussions of one criterion, or of the whole rubric with all its criteria."""
    items = queries.draft_document(version)["criteria"]
    by_id = {item["id"]: item for item in items}
    found = queries.threads_of(version.rubric, actor=actor, show=show, criterion=criterion)
    return {
        "version": version,
        "rubric": version.rubric,
        "criterion": criterion,
        "about": by_id.get(criterion, {}).get("text", ""),
        "threads": [_discussed(thread, by_id.get(thread.criterion)) for thread in found],
        "form": form or forms.ThreadForm(criteria=items, initial={"criterion": criterion}),
        "people": queries.people_to_mention(actor),
        "may_discuss": actor.can(Role.ANNOTATOR),
    }


def _discussed(thread: Thread, item: dict[str, Any] | None) -> Discussed:
    levels = item["levels"] if item and isinstance(item["levels"], list) else []
    left = not thread.level or any(str(level["label"])[:80] == thread.level for level in levels)
    return Discussed(thread, item["text"] if item else "", left)
