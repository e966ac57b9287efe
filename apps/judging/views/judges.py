"""Judges: list, new, detail, default, test."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import forms, pages, queries, services
from apps.judging.models import JudgeVersion
from domain import errors


@require_GET
@require_role(Role.VIEWER)
def judge_list(request: StudioRequest) -> HttpResponse:
    """The workspace's judges."""
    context = {"rows": pages.judge_rows(request.actor)}
    return htmx.page_or_fragment(request, "judging/judge_list.html", "judging/_judge_rows.html", context)


@require_http_methods(["GET", "POST"])
@require_role(Role.APPROVER, "set up judges")
def judge_create(request: StudioRequest) -> HttpResponse:
    """Set up a judge, from a preset where one fits; `show` only shows the settings of the chosen strategy."""
    if request.method == "POST" and "show" not in request.POST:
        form = forms.JudgeForm(request.POST)
        version = _created(request, form) if form.is_valid() else None
        if version is not None:
            messages.success(request, f"{version} is set up. A worker tries its engine now.")
            return redirect("judges:detail", request.actor.workspace.slug, version.judge.name)
    else:
        typed = request.POST.dict() if request.method == "POST" else {}
        form = forms.JudgeForm(initial=typed or pages.judge_initial(request.actor, request.GET))
    context = pages.judge_form(request.actor, form, request.GET.get("preset", ""))
    status = 422 if form.errors else 200
    return htmx.page_or_fragment(
        request, "judging/judge_create.html", "judging/_judge_settings.html", context, status=status
    )


@require_GET
@require_role(Role.VIEWER)
def judge_detail(request: StudioRequest, name: str) -> HttpResponse:
    """A judge's versions, what its last test found, and the runs that used it."""
    context = pages.judge(request.actor, queries.get_judge(request.actor, name), request.GET.get("version"))
    return htmx.page_or_fragment(request, "judging/judge_detail.html", "judging/_judge_test.html", context)


@require_POST
@require_role(Role.APPROVER, "choose the default judge")
def judge_default(request: StudioRequest, name: str) -> HttpResponse:
    """Let a judge serve wherever none is named."""
    judge = services.make_default(by=request.actor, judge=queries.get_judge(request.actor, name))
    messages.success(request, f"{judge.name} serves wherever no judge is named.")
    return redirect("judges:detail", request.actor.workspace.slug, judge.name)


@require_POST
@require_role(Role.AUTHOR, "test judges")
def judge_test(request: StudioRequest, name: str, number: int) -> HttpResponse:
    """Have a worker try the judge's engine."""
    version = queries.get_judge_version(request.actor, name, number)
    services.test_judge(by=request.actor, version=version)
    messages.info(request, f"A worker tries the engine of {version}; the findings appear below.")
    return redirect("judges:detail", request.actor.workspace.slug, name)


def _created(request: StudioRequest, form: forms.JudgeForm) -> JudgeVersion | None:
    given = form.cleaned_data
    try:
        version = services.create_judge(
            by=request.actor,
            name=given["name"],
            engine=form.engine(),
            strategy=given["strategy"],
            protocol=given["protocol"],
            settings=form.settings(),
            make_default=given["make_default"],
        )
    except errors.Invalid as error:
        forms.take_problems(form, error)
        return None
    services.test_judge(by=request.actor, version=version)
    return version
