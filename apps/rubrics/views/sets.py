"""Rubric sets: members, the sample to read, the steps, export."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from apps.rubrics.models import RubricSetVersion
from domain import errors

STEPS: dict[str, tuple[Callable[..., RubricSetVersion], str]] = {
    "approve": (services.approve_set, "{old} is approved with all its rubrics."),
    "request-changes": (services.request_changes_to_set, "{old} is sent back; {new} holds new drafts of its rubrics."),
    "withdraw": (services.withdraw_set, "{old} is withdrawn; {new} holds new drafts of its rubrics."),
    "retire": (services.retire_set, "{old} is retired."),
}


@require_GET
@require_role(Role.VIEWER)
def set_detail(request: StudioRequest, name: str) -> HttpResponse:
    """The newest version of a set."""
    newest = queries.set_versions(queries.get_set(request.actor, name))[0]
    return redirect("rubrics:set-version", request.actor.workspace.slug, name, newest.number)


@require_GET
@require_role(Role.VIEWER)
def set_version_detail(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """Members of a set version, what its approval needs, and its steps."""
    row = queries.get_set_version(request.actor, name, number)
    context = pages.rubric_set(request.actor, row, page=request.GET.get("page"))
    return render(request, "rubrics/set_detail.html", context)


@require_POST
@require_role(Role.AUTHOR, "submit rubric sets")
def set_submit(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """Freeze the set and draw its sample."""
    row = queries.get_set_version(request.actor, name, number)
    form = forms.SetSubmissionForm(request.POST)
    if form.is_valid():
        try:
            services.submit_set(by=request.actor, set_version=row, **form.cleaned_data)
        except errors.Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"{row} waits for approval; its rubrics never change again.")
            return redirect(pages.set_address("set-version", row))
    context = pages.rubric_set(request.actor, row, page=None, submit_form=form)
    return render(request, "rubrics/set_detail.html", context, status=422)


@require_GET
@require_role(Role.VIEWER)
def set_sample(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """The first rubric of the sample that nobody has read, else the set."""
    row = queries.get_set_version(request.actor, name, number)
    return redirect(_next_place(row))


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def set_sample_member(request: StudioRequest, name: str, number: int, place: int) -> HttpResponse:
    """Read one rubric of the sample and say whether it is good."""
    row = queries.get_set_version(request.actor, name, number)
    member = queries.sample_member(row, place)
    form = forms.SampleForm(request.POST or None, initial={"note": member.sample_note})
    if request.method == "POST" and form.is_valid():
        try:
            services.review_sampled(by=request.actor, set_version=row, place=place, **form.cleaned_data)
        except errors.Invalid as error:
            form.refuse(error)
        else:
            return redirect(_next_place(row))
    context = pages.set_sample(request.actor, row, member, form=form)
    return render(request, "rubrics/set_sample.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.AUTHOR, "decide on rubric sets")
def set_step(request: StudioRequest, name: str, number: int, step: str) -> HttpResponse:
    """Approve, send back, withdraw or retire a set version."""
    if step not in STEPS:
        raise errors.NotFound("There is no such step.", code="step_unknown")
    row = queries.get_set_version(request.actor, name, number)
    service, said = STEPS[step]
    form = (forms.RetireForm if step == "retire" else forms.NoteForm)(request.POST)
    if not form.is_valid():
        named = {"retire_form" if step == "retire" else "note_form": form}
        context = pages.rubric_set(request.actor, row, page=None, **named)
        return render(request, "rubrics/set_detail.html", context, status=422)
    result = service(by=request.actor, set_version=row, note=form.cleaned_data["note"])
    messages.success(request, said.format(old=row, new=result))
    return redirect(pages.set_address("set-version", result))


@require_GET
@require_role(Role.VIEWER)
def set_export(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """All rubrics of a set version as one file."""
    row = queries.get_set_version(request.actor, name, number)
    written = queries.export_set(row, request.GET.get("format", "rubricstudio"))
    answer = HttpResponse(written.data, content_type=written.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{number}.{written.extension}"'
    return answer


def _next_place(row: RubricSetVersion) -> str:
    unread = queries.sample_result(row).next_unread
    return pages.set_address("set-sample-member", row, unread) if unread else pages.set_address("set-version", row)
