"""The Versions page: every version with its decisions, and what changed between two of them."""

from typing import Any

from apps.accounts.permissions import Actor, Role
from apps.rubrics import forms, queries
from apps.rubrics.models import RubricVersion, VersionStatus
from apps.rubrics.pages import quality
from apps.rubrics.pages.frame import frame
from apps.rubrics.pages.graph import graph
from domain import rubric

SHOWN = {"": "everything", "judged": "only what a judge reads", "weights": "only weights"}


def versions(
    actor: Actor, version: RubricVersion, before: str, after: str, show: str = "", *, note_form: Any = None
) -> dict[str, Any]:
    """All versions of the rubric; `before` and `after` are the numbers to compare, as typed.

    `note_form` is a note to a decision that failed.
    """
    rows = queries.versions_of(version.rubric)
    merges = queries.merges_in(version.rubric)
    numbers = {row.number: row for row in rows}
    new = numbers.get(forms.whole(after) or version.number, version)
    waiting = version.status == VersionStatus.IN_REVIEW
    approved = next((row for row in rows if row.status == VersionStatus.APPROVED), None) if waiting else None
    usual = forms.RetireForm if version.status == VersionStatus.APPROVED else forms.NoteForm
    old = numbers.get(forms.whole(before) or 0) or approved or _default_base(new, rows)
    difference = _difference(actor, old, new) if old is not None else None
    states = queries.gate_states(version) if waiting else []
    return {
        **frame(actor, version, "versions"),
        "show": show if show in SHOWN else "",
        "shown_kinds": SHOWN.items(),
        "versions": rows,
        "graph": graph(rows, merges),
        "lines": [(row, merges.get(row.pk, [])) for row in rows],
        "mergeable": _mergeable(old, new) if actor.can(Role.AUTHOR) else None,
        "before": old,
        "after": new,
        "whole": difference,
        "difference": difference.only(show) if difference is not None else None,
        "gates": states,
        "held_up": not all(state.met for state in states),
        "approvals": queries.approvals(version, states) if waiting else None,
        **(_open_matters(version) if waiting else {}),
        "may_set_policy": actor.can(Role.ADMIN),
        "note_form": note_form if note_form is not None else usual(),
        "supersedes": approved,
        "may_write": actor.can(Role.AUTHOR),
    }


def _open_matters(version: RubricVersion) -> dict[str, Any]:
    """What an approver should know of before deciding: remarks that nobody set aside, discussions not settled."""
    document = queries.draft_document(version)
    remarks = quality.standing(version, rubric.parse(document), quality.numbered(document))
    texts = {criterion["id"]: criterion["text"] for criterion in document["criteria"]}
    threads = [
        (thread, texts.get(thread.criterion, ""), next(reversed(list(thread.comments.all())), None))
        for thread in queries.threads_of(version.rubric)
        if thread.resolved_at is None
    ]
    return {"remarks": remarks, "open_threads": threads, "most_remarks": f":{quality.IN_PANEL}"}


def _mergeable(old: RubricVersion | None, new: RubricVersion) -> tuple[RubricVersion, RubricVersion] | None:
    """The draft of two compared versions, and the other that could go into it; the later draft where both are."""
    pairs = [(new, old), (old, new)]
    return next(((into, source) for into, source in pairs if into and source and into.is_draft), None)


def _default_base(new: RubricVersion, rows: list[RubricVersion]) -> RubricVersion | None:
    """What a version was made from, else the one before it."""
    earlier = [row for row in rows if row.number < new.number]
    return next((row for row in earlier if row.pk == new.parent_id), earlier[0] if earlier else None)


def _difference(actor: Actor, old: RubricVersion, new: RubricVersion) -> queries.Difference:
    slug = new.rubric.slug
    first, second = (queries.get_version(actor, slug, row.number) for row in (old, new))
    return queries.difference(queries.document(first), queries.document(second))
