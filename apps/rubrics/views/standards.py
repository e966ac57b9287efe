"""The standards matrix of a version and of the workspace."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, pages, queries, services
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.VIEWER)
def workspace_standards(request: StudioRequest) -> HttpResponse:
    """The approved rubrics of the library together; an approver sets reference profiles here."""
    form = forms.ReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_reference_profile(by=request.actor, **form.cleaned_data)
        except errors.Invalid as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "The reference profile is stored.")
            return redirect("rubrics:standards", request.actor.workspace.slug)
    versions = queries.matrix_versions(request.actor)
    context = pages.standards_matrix(request.actor, versions, forms.MatrixForm(request.GET))
    context |= {"profile_form": form, "most": queries.MOST_IN_MATRIX}
    return render(request, "rubrics/standards.html", context, status=422 if form.errors else 200)


@require_GET
@require_role(Role.VIEWER)
def version_standards(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """One version alone."""
    version = queries.get_version(request.actor, slug, number)
    matrix = pages.standards_matrix(request.actor, [version], forms.MatrixForm(request.GET))
    context = {**pages.frame(request.actor, version, "standards"), **matrix}
    return render(request, "rubrics/version_standards.html", context)
