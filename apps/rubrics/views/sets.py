"""Rubric sets: members, sample, submit, approve, retire, export."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, queries, services
from domain import errors

PER_PAGE = 50
SAMPLE = 20


@require_GET
@require_role(Role.VIEWER)
def set_detail(request: StudioRequest, name: str) -> HttpResponse:
    """The newest version of a set."""
    newest = queries.set_versions(queries.get_set(request.actor, name))[0]
    return redirect("rubrics:set-version", request.actor.workspace.slug, name, newest.number)


@require_GET
@require_role(Role.VIEWER)
def set_version_detail(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """Members of a set version, the sample to read, and its steps."""
    row = queries.get_set_version(request.actor, name, number)
    members = queries.members(row)
    own = request.actor.user.pk in {row.rubric_set.created_by_id, row.submitted_by_id}
    context = {
        "set_version": row,
        "versions": queries.set_versions(row.rubric_set),
        "page": Paginator(members, PER_PAGE).get_page(request.GET.get("page")),
        "sample": queries.sample(row, row.sample_size or SAMPLE) if row.status != "draft" else [],
        "form": forms.SetApprovalForm(initial={"sample_size": min(SAMPLE, members.count())}),
        "may_submit": row.status == "draft" and request.actor.can(Role.AUTHOR),
        "may_approve": row.status == "in_review" and request.actor.can(Role.APPROVER) and not own,
        "may_retire": row.status in {"in_review", "approved"} and request.actor.can(Role.APPROVER),
        "own": own,
        "formats": queries.FORMATS,
    }
    return render(request, "rubrics/set_detail.html", context)


@require_POST
@require_role(Role.AUTHOR, "decide on rubric sets")
def set_step(request: StudioRequest, name: str, number: int, step: str) -> HttpResponse:
    """Submit, approve or retire a set version."""
    row = queries.get_set_version(request.actor, name, number)
    note = request.POST.get("note", "")
    if step == "submit":
        services.submit_set(by=request.actor, set_version=row, note=note)
        messages.success(request, f"{row} waits for approval; its rubrics never change again.")
    elif step == "approve":
        form = forms.SetApprovalForm(request.POST)
        size = form.cleaned_data["sample_size"] if form.is_valid() else 0
        services.approve_set(by=request.actor, set_version=row, sample_size=size, note=note)
        messages.success(request, f"{row} is approved with all its rubrics.")
    elif step == "retire":
        services.retire_set(by=request.actor, set_version=row, note=note)
        messages.success(request, f"{row} is retired.")
    else:
        raise errors.NotFound("There is no such step.", code="step_unknown")
    return redirect("rubrics:set-version", request.actor.workspace.slug, name, number)


@require_GET
@require_role(Role.VIEWER)
def set_export(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """All rubrics of a set version as one file."""
    row = queries.get_set_version(request.actor, name, number)
    written = queries.export_set(row, request.GET.get("format", "rubricstudio"))
    answer = HttpResponse(written.data, content_type=written.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{number}.{written.extension}"'
    return answer
