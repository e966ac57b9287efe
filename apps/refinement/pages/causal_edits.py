"""What the pages of causal edits show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.datasets import queries as datasets
from apps.judging import queries as judging
from apps.refinement import forms, queries
from apps.refinement.models import CausalEdit, CausalSet
from apps.refinement.pages.frame import crumbs
from apps.rubrics.models import RubricVersion
from domain import rubric, subjects
from domain.probes import causal

MOST_SHOWN = 300


@dataclass(frozen=True)
class Line:
    """An edit beside its answer: what was changed in words, and why it is of no use where it is not."""

    edit: CausalEdit
    title: str
    criterion: str
    pieces: tuple[rubric.Piece, ...]


def edits_form(actor: Actor, data: Mapping[str, Any] | None) -> forms.EditsForm:
    """The form, with the data sets and models that there are."""
    return forms.EditsForm(data, datasets=list(datasets.list_datasets(actor)), judges=judging.judge_choices(actor))


def edits_page(actor: Actor, version: RubricVersion, form: forms.EditsForm) -> dict[str, Any]:
    """The form and what was made before."""
    return {
        "version": version, "rubric": version.rubric, "crumbs": crumbs(actor, version, "Causal edits"), "form": form,
        "sets": queries.sets_of(version), "may_edit": actor.can(Role.AUTHOR),
    }  # fmt: skip


def edit_set_page(actor: Actor, made: CausalSet, form: forms.KeepForm) -> dict[str, Any]:
    """Every edit beside its answer, what it cost, and how verdicts answer once there are some."""
    said = rubric.parse(made.said)
    texts = {one.id: one.text for one in said.criteria}
    counts = queries.edit_counts(made)
    edits = queries.edits_of(made)[:MOST_SHOWN]
    judges = judging.fit_judges(made.version) if made.stored_id else []
    answers = [(judge, rows) for judge in judges[:3] if (rows := queries.moved_by(made, judge))]
    return {
        "made": made, "version": made.version, "rubric": made.version.rubric,
        "crumbs": crumbs(actor, made.version, f"Edits {made.pk}"), "form": form, "counts": counts,
        "total": sum(counts.values()), "ended": sum(counts.values()) - counts[CausalEdit.State.WAITING],
        "polling": bool(counts[CausalEdit.State.WAITING] and made.job and made.job.is_open),
        "stopped": bool(counts[CausalEdit.State.WAITING] and made.job and not made.job.is_open),
        "lines": [_line(one, texts) for one in edits], "cost": queries.edits_cost(made),
        "may_keep": actor.can(Role.AUTHOR) and made.stored_id is None and not counts[CausalEdit.State.WAITING],
        "answers": answers,
    }  # fmt: skip


def _line(edit: CausalEdit, texts: Mapping[str, str]) -> Line:
    kind = causal.Causal(edit.kind)
    pieces = rubric.words(subjects.text_of(edit.response.parts), edit.text) if edit.text else ()
    return Line(edit, causal.TITLES[kind], texts.get(edit.criterion, ""), pieces)
