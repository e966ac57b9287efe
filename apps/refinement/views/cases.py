"""The cases that every version of a rubric must pass."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.judging import queries as judging
from apps.refinement import forms, pages, queries, services
from apps.rubrics import queries as rubrics
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def cases(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """All cases with what a version makes of them; a post pins one more."""
    version = rubrics.get_version(request.actor, slug, number)
    data = request.POST if request.method == "POST" else None
    key = (data or request.GET).get("response", "")
    response = judging.get_response(request.actor, key) if key else None
    form = pages.case_form(version, response, data, request.GET.dict())
    if data is not None and form.is_valid():
        given = form.cleaned_data
        try:
            other = judging.get_response(request.actor, given["other"]) if given["other"] else None
            services.pin_case(
                by=request.actor, version=version, response=judging.get_response(request.actor, str(given["response"])),
                expect=given["expect"], criterion=given["criterion"], other=other, bound=given["bound"],
                note=given["note"], **({"origin": given["origin"]} if given["origin"] else {}),
            )  # fmt: skip
            return redirect("refinement:cases", request.actor.workspace.slug, slug, number)
        except errors.Invalid as error:
            forms.take_problems(form, error)
        except errors.Conflict as error:
            form.add_error(None, error.message)
    context = pages.cases_page(request.actor, version, form, response, q=request.GET.get("q", ""))
    return render(request, "refinement/cases.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.AUTHOR, "withdraw cases")
def case_withdraw(request: StudioRequest, slug: str, number: int, key: int) -> HttpResponse:
    """Take a case out, with a reason."""
    version = rubrics.get_version(request.actor, slug, number)
    case = queries.get_case(request.actor, key)
    try:
        services.withdraw_case(by=request.actor, case=case, reason=request.POST.get("reason", ""))
    except errors.Invalid as error:
        form = pages.case_form(version, None, None, {})
        context = pages.cases_page(request.actor, version, form, None, fault=error.message)
        return render(request, "refinement/cases.html", context, status=422)
    return redirect("refinement:cases", request.actor.workspace.slug, slug, number)


@require_POST
@require_role(Role.AUTHOR, "start runs")
def cases_judge(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Have the answers judged of which a verdict is missing."""
    version = rubrics.get_version(request.actor, slug, number)
    run = services.judge_cases(by=request.actor, version=version)
    return redirect("judging:detail", request.actor.workspace.slug, run.pk)
