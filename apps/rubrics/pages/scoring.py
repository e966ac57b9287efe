"""The Scoring page: the steps from verdicts to a score, and what the author promises of it."""

from typing import Any

from django.db.models import prefetch_related_objects

from apps.accounts.permissions import Actor, Role
from apps.rubrics import queries
from apps.rubrics.models import RubricVersion
from apps.rubrics.pages.editor import scoring_sentences, undo_and_redo
from apps.rubrics.pages.frame import Steps, address, frame
from apps.rubrics.pages.stack import stack
from apps.rubrics.pages.truths import truth_columns, truth_outcomes, truth_table
from domain import rubric


def scoring(
    actor: Actor, version: RubricVersion, *, suggesting: queries.Suggesting | None = None, **more: Any
) -> dict[str, Any]:
    """Everything the Scoring page shows; `more` holds forms that were refused and the columns that were asked for."""
    prefetch_related_objects([version], "criteria", "groups", "guidelines")
    document = suggesting.wanted if suggesting else queries.draft_document(version)
    shown = frame(actor, version, "scoring")
    if suggesting:
        shown["steps"] = Steps()
    edits = shown["steps"].edit or suggesting is not None
    columns = truth_columns(document, truth_keys(version, suggesting), more.pop("columns", ()))
    outcomes = truth_outcomes(document)
    return {
        **shown,
        "said": rubric.parse(document),
        "suggesting": suggesting,
        "mode": "?suggest=1" if suggesting else "",
        "may_suggest": actor.can(Role.ANNOTATOR),
        "edits": edits,
        "here": address("scoring", version) + ("?suggest=1" if suggesting else ""),
        **undo_and_redo(actor, version, suggesting),
        "scoring": scoring_sentences(rubric.parse(document)),
        "stack": stack(document, adding=more.pop("adding", ""), add_form=more.pop("add_form", None)),
        "outcomes": outcomes,
        "failed": sum(not one.found.holds for one in outcomes),
        **truth_table(document, columns, more.pop("rows", None), opened=more.pop("opened", "")),
        **more,
    }


def truth_keys(version: RubricVersion, suggesting: queries.Suggesting | None) -> dict[str, int | str]:
    """What names the fields of each criterion."""
    return suggesting.keys if suggesting else {row.criterion_id: row.pk for row in version.criteria.all()}
