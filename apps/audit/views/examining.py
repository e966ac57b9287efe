"""Exams: build one, have judges sit it, see how they did."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.audit import forms, pages, queries, services
from apps.core import htmx
from apps.judging import queries as judging
from domain import errors

REFUSALS = (errors.Invalid, errors.Conflict, errors.NotFound)


@require_GET
@require_role(Role.AUTHOR, "read exams")
def exam_list(request: StudioRequest) -> HttpResponse:
    """The exams of the workspace."""
    context = {"exams": list(queries.list_exams(request.actor)), "crumbs": pages.crumbs(request.actor, "Exams")}
    return render(request, "audit/exam_list.html", context)


@require_role(Role.AUTHOR, "build exams")
@require_http_methods(["GET", "POST"])
def exam_new(request: StudioRequest) -> HttpResponse:
    """The form for an exam; builds it."""
    form = forms.ExamForm(request.actor, request.POST or None)
    if request.method == "POST":
        try:
            if form.is_valid():
                exam = services.create_exam(by=request.actor, **form.wish())
                return redirect("audit:exam", request.actor.workspace.slug, exam.pk)
        except REFUSALS as error:
            form.take(error)
    context: dict[str, Any] = {"form": form}
    context["crumbs"] = pages.crumbs(request.actor, "New exam", middle=("Exams", "audit:exams"))
    return render(request, "audit/exam_new.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.AUTHOR, "read exams")
def exam_detail(request: StudioRequest, key: int) -> HttpResponse:
    """What an exam asks for, and the judges that sat it."""
    context = pages.exam_page(request.actor, queries.get_exam(request.actor, key))
    return htmx.page_or_fragment(request, "audit/exam_detail.html", "audit/_sittings.html", context)


@require_POST
@require_role(Role.APPROVER, "license judges")
def exam_sit(request: StudioRequest, key: int) -> HttpResponse:
    """Have a judge sit an exam."""
    exam = queries.get_exam(request.actor, key)
    judge = judging.judge_by_ref(request.actor, request.POST.get("judge", ""))
    services.sit_exam(by=request.actor, exam=exam, judge=judge)
    messages.success(request, f"{judge} sits the exam. It is marked when its run ends.")
    return redirect("audit:exam", request.actor.workspace.slug, exam.pk)


@require_POST
@require_role(Role.APPROVER, "license judges")
def exam_retire(request: StudioRequest, key: int) -> HttpResponse:
    """Let nobody sit an exam any more."""
    services.retire_exam(by=request.actor, exam=queries.get_exam(request.actor, key))
    messages.success(request, "The exam is retired. Licences that it gave stay.")
    return redirect("audit:exam", request.actor.workspace.slug, key)


@require_POST
@require_role(Role.APPROVER, "license judges")
def licence_revoke(request: StudioRequest, key: int) -> HttpResponse:
    """Take the licence of a sitting back."""
    sitting = queries.get_sitting(request.actor, key)
    services.revoke_sitting(by=request.actor, sitting=sitting)
    messages.success(request, f"{sitting.judge_version} is licensed no more.")
    return redirect("audit:exam", request.actor.workspace.slug, sitting.exam_id)
