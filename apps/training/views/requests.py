"""What one request for rewards was given."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.training import forms, pages, queries


@require_GET
@require_role(Role.VIEWER)
def request_detail(request: StudioRequest, request_id: str) -> HttpResponse:
    """The rewards of one request, as REST served them, each leading to its verdicts."""
    found = queries.get_request(request.actor, request_id)
    answer, rows = pages.reward_rows(found)
    context = {"found": found, "answer": answer, "rows": rows}
    if found.shape == "steps":
        form = forms.StepwiseForm.asked(request.GET, queries.way_of(found))
        context |= pages.steps(found, answer, form)
    if found.shape == "groups":
        context |= pages.groups(found, answer)
    status = 422 if "form" in context and form.errors else 200
    return render(request, "training/request_detail.html", context, status=status)
