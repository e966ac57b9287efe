"""What the pages of drafts show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor
from apps.judging import queries as judging
from apps.refinement import forms, queries
from apps.refinement.models import Draft
from apps.refinement.pages.frame import crumbs
from apps.rubrics.models import RubricVersion

DROPPED = {
    "echo": "spoke of the answers or the label", "copied": "copied a passage", "orders": "gave orders",
    "long": "was too long", "repeated": "said the same again", "many": "was one too many",
    "known": "stood in the rubric",
}  # fmt: skip
LEFT_OUT = {
    "inverted": "sides with the worse answer at least as often", "silent": "tells no pair apart",
    "unchecked": "could not be checked",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A candidate with what became of it."""

    told: dict[str, Any]
    tone: str
    word: str


def draft_form(actor: Actor, data: Mapping[str, Any] | None) -> forms.DraftForm:
    """The form, with the data sets and models that there are."""
    return forms.DraftForm(
        data, datasets=judging.datasets_with_preferences(actor), judges=judging.judge_choices(actor)
    )  # fmt: skip


def draft_page(actor: Actor, version: RubricVersion, form: forms.DraftForm) -> dict[str, Any]:
    """The form and what was drafted before."""
    return {
        "version": version, "rubric": version.rubric, "crumbs": crumbs(actor, version, "Draft from pairs"),
        "form": form, "drafts": queries.drafts_of(version),
    }  # fmt: skip


def draft_detail(actor: Actor, draft: Draft) -> dict[str, Any]:
    """How far a draft is and what was written."""
    dropped = draft.figures.get("dropped", {})
    return {
        "draft": draft, "version": draft.version, "rubric": draft.version.rubric,
        "crumbs": crumbs(actor, draft.version, f"Draft {draft.pk}"),
        "polling": queries.is_live(draft), "progress": queries.progress_of(draft), "cost": queries.cost_of(draft),
        "lines": [_line(one) for one in draft.candidates],
        "dropped": [(count, DROPPED.get(name, name)) for name, count in dropped.items()],
        "consistency": draft.figures.get("consistency"),
        "stopped": draft.state == Draft.State.WORKING and not queries.is_live(draft),
    }  # fmt: skip


def _line(one: dict[str, Any]) -> Line:
    if "worth" not in one:
        return Line(one, "", "being checked")
    if one["drop"]:
        return Line(one, "r", LEFT_OUT.get(one["drop"], one["drop"]))
    return Line(one, "g", "kept")
