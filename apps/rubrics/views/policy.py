"""What approval needs in the workspace."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts import registry as admin
from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import forms, queries, services
from domain import errors


@require_http_methods(["GET", "POST"])
@require_role(Role.ADMIN, "change what approval needs")
def approval_policy(request: StudioRequest) -> HttpResponse:
    """Approvers and evidence gates."""
    workspace = request.actor.workspace
    form = forms.PolicyForm(request.POST or None, initial=asdict(queries.approval_policy(workspace)))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_approval_policy(by=request.actor, **form.cleaned_data)
        except errors.Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "The policy is stored; it holds for everything that waits for approval.")
            return redirect("rubrics:policy", workspace.slug)
    context = {"form": form, "tabs": admin.tabs(request.actor, "Approval")}
    return render(request, "rubrics/approval_policy.html", context, status=422 if form.errors else 200)
