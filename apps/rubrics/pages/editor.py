"""The Edit page: criteria in their groups with share bars and chips, and what stands beside them."""

import math
from typing import Any

from django.db.models import prefetch_related_objects

from apps.accounts.permissions import Actor, Role
from apps.rubrics import forms, queries
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages import quality, table
from apps.rubrics.pages.frame import Steps, frame
from apps.rubrics.pages.guidelines import guidelines
from apps.rubrics.pages.narrowing import Narrowing, axes
from apps.rubrics.pages.proposing import own_edits
from domain import pipeline, rubric

MOST_AT_ONCE = 100  # a longer rubric gets its remarks by a request of their own
_MODES = {rubric.Mode.WEIGHT: "Weights", rubric.Mode.POINTS: "Points", rubric.Mode.TIER: "Tiers"}


def editor(
    actor: Actor, version: RubricVersion, *, suggesting: queries.Suggesting | None = None, **more: Any
) -> dict[str, Any]:
    """Everything the Edit page shows; `more` holds forms that failed or the row that is open.

    While somebody is suggesting, the page shows what they want, and every edit goes into their suggestion.
    """
    prefetch_related_objects([version], "criteria", "groups", "guidelines")
    document = suggesting.shown if suggesting else queries.draft_document(version)
    said = rubric.parse(suggesting.wanted if suggesting else document)
    waits = suggesting is not None or len(said.criteria) > MOST_AT_ONCE
    remarks = None if waits else quality.standing(version, said, quality.numbered(document))
    shown = frame(actor, version, "edit", open_remarks=len(remarks or ()))
    if suggesting:
        shown["steps"] = Steps()
    edit = shown["steps"].edit
    choices = group_choices(suggesting.wanted if suggesting else document)
    drawn = table.Table(version, edit=edit, moved=more.get("moved"), suggesting=suggesting)
    narrowed: Narrowing = more.setdefault("narrowed", Narrowing(suggest=suggesting is not None))
    fitting = narrowed.fitting(document) if narrowed else None
    window = _window(drawn, document, more, fitting)
    return {
        **shown,
        "said": said,
        "blocks": table.blocks(document, said, table=drawn, view=table.View(window, fitting)),
        "narrows": True,
        "axes": axes(document, narrowed),
        "fit": None if fitting is None else len(fitting),
        "suggesting": suggesting,
        "mode": "?suggest=1" if suggesting else "",
        "may_suggest": actor.can(Role.ANNOTATOR),
        "cells": edit or suggesting is not None,
        **undo_and_redo(actor, version, suggesting),
        "remarks": remarks,
        "most_remarks": f":{quality.IN_PANEL}",
        "longest": queries.longest(said),
        "scoring": scoring_sentences(said),
        "add_form": forms.AddForm(groups=choices, focus=bool(more.get("added"))),
        "group_form": forms.GroupForm(groups=choices, prefix="group"),
        "weighting": _weighting(version, said),
        **(guidelines(said.model_dump(mode="json", include={"guidelines"})) if edit or suggesting else {}),
        "bulk_form": forms.BulkForm(groups=choices),
        "cell_form": forms.CellForm(groups=choices, auto_id=False),
        **more,
    }


def undo_and_redo(actor: Actor, version: RubricVersion, suggesting: queries.Suggesting | None) -> dict[str, Any]:
    """What undo would take back and redo bring again: of the draft, or of one's own suggestion."""
    if suggesting:
        undo, redo = queries.suggestion_steps(version, actor)
        return {"undo": undo, "redo": redo, "own": own_edits(version, actor)}
    before, after = queries.revisions_around(version) if version.is_draft else (None, None)
    return {"undo": before, "redo": after}


def _window(drawn: table.Table, document: dict[str, Any], more: dict[str, Any], fitting: set[str] | None) -> set[int]:
    """The numbers of the rows to draw: around the one that was opened, moved or asked for, else from the start."""
    numbers = quality.numbered(document)
    fit = sorted(number for name, number in numbers.items() if fitting is None or name in fitting)
    key = (more.get("opened") or {}).get("key") or more.get("moved") or more.get("at")
    if key is None and not more.get("around"):
        return table.window_around(more.get("first") or 1, fit)
    name = more.get("around") or next((name for name, own in drawn.keys.items() if own == key), "")
    return table.window_around(numbers.get(name, 1), fit)


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
    sentences += [step.reading() for step in pipeline.ordered(said.scoring) if step.step != "gate"]
    gate = said.content_gate
    if gate.min_words:
        words = "without a word" if gate.min_words == 1 else f"with fewer than {gate.min_words} words"
        sentences.append(f"An answer {words} scores {gate.floor:g} without a judge.")
    return sentences
