"""The heartbeat of an open draft: notes who is here and answers who else is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.rubrics import pages, queries, services


@require_POST
@require_role(Role.VIEWER)
def version_presence(request: StudioRequest, slug: str, number: int) -> HttpResponse:
    """Give a sign of life, or with `left` take it back; the answer is the list of the others."""
    version = queries.get_version(request.actor, slug, number)
    if "left" in request.POST:
        services.leave(by=request.actor, version=version)
        return HttpResponse(status=204)
    now = timezone.now()
    if version.is_draft:
        services.be_present(by=request.actor, version=version, criterion=request.POST.get("criterion", ""), now=now)
    return render(request, "rubrics/_presence.html", {"guests": pages.present(request.actor, version, now)})
