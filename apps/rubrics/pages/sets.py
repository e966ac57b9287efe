"""The pages of a rubric set: the set with its gates and sample, and one rubric of the sample to decide on."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.urls import reverse

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import Prompt
from apps.rubrics import forms, queries
from apps.rubrics.models import RubricSetMember, RubricSetVersion, VersionStatus
from apps.rubrics.pages.editor import editor
from domain import rubric, subjects
from domain.formats import healthbench

PER_PAGE = 50


def set_address(name: str, row: RubricSetVersion, *more: int | str) -> str:
    """The URL of a page of a set version."""
    return reverse(f"rubrics:{name}", args=[row.rubric_set.workspace.slug, row.rubric_set.name, row.number, *more])


def rubric_set(actor: Actor, row: RubricSetVersion, *, page: str | None, **more: Any) -> dict[str, Any]:
    """Members, gates, sample and steps of a set version; `more` holds a form that failed."""
    members = queries.members(row)
    waiting, draft = row.status == VersionStatus.IN_REVIEW, row.status == VersionStatus.DRAFT
    own = _took_part(actor, row)
    result = queries.sample_result(row)
    usual = queries.usual_sample(row) if draft else 0
    return {
        "set_version": row,
        "versions": queries.set_versions(row.rubric_set),
        "page": Paginator(members, PER_PAGE).get_page(page),
        "result": result,
        "gates": queries.set_gates(row, result) if waiting else [],
        "needed": queries.needed_sample(row) if draft else 0,
        "submit_form": forms.SetSubmissionForm(initial={"sample_size": usual}),
        "note_form": forms.NoteForm(),
        "retire_form": forms.RetireForm(),
        "may_submit": draft and actor.can(Role.AUTHOR),
        "may_read": waiting and actor.can(Role.APPROVER) and not own,
        "may_send_back": waiting and actor.can(Role.APPROVER),
        "may_withdraw": waiting and ((own and actor.can(Role.AUTHOR)) or actor.can(Role.ADMIN)),
        "may_retire": row.status == VersionStatus.APPROVED and actor.can(Role.APPROVER),
        "own": own,
        "formats": queries.FORMATS,
        **more,
    }


def set_sample(actor: Actor, row: RubricSetVersion, member: RubricSetMember, **more: Any) -> dict[str, Any]:
    """One rubric of the sample with its task, and the way to the others; `more` holds a form that failed."""
    version = queries.get_version(actor, member.version.rubric.slug, member.version.number)
    prefetch_related_objects([version], "criteria", "groups", "guidelines")
    shown = editor(actor, version)
    place = member.sample_place or 0
    result = queries.sample_result(row)
    return {
        **{name: shown[name] for name in ("said", "blocks", "scoring", "version", "rubric", "steps")},
        "shown": _task(shown["said"], version.prompt),
        "set_version": row,
        "member": member,
        "place": place,
        "result": result,
        "may_read": row.status == VersionStatus.IN_REVIEW and actor.can(Role.APPROVER) and not _took_part(actor, row),
        "before": set_address("set-sample-member", row, place - 1) if place > 1 else "",
        "after": set_address("set-sample-member", row, place + 1) if place < result.size else "",
        "form": forms.SampleForm(initial={"note": member.sample_note}),
        **more,
    }


def _took_part(actor: Actor, row: RubricSetVersion) -> bool:
    own = actor.user.pk in {row.rubric_set.created_by_id, row.submitted_by_id}
    return own or row.members.filter(version__created_by=actor.user).exists()


def _task(said: rubric.Rubric, prompt: Prompt | None) -> dict[str, Any]:
    """What the rubric's prompt asks, from the data set or as the file of the rubric kept it."""
    if prompt is None:
        return {"messages": healthbench.kept_messages(said)}
    context, reference = (subjects.text_of(parts or ()) for parts in (prompt.context, prompt.reference))
    return {"messages": prompt.messages, "context": context, "reference": reference}
