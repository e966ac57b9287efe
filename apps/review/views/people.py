"""A person's own figures."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.review import pages


@require_GET
@require_role(Role.ANNOTATOR, "review")
def my_figures(request: StudioRequest) -> HttpResponse:
    """Pace, agreement and days of the person who asks, and of nobody else."""
    context = {**pages.own_page(request.actor), "crumbs": pages.crumbs(request.actor, None, "My figures")}
    return render(request, "review/my_figures.html", context)
