"""How often judges are right where people said which answer is better."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from apps.accounts.doors import StudioRequest, require_role
from apps.accounts.permissions import Role
from apps.core import htmx
from apps.judging import pages


@require_GET
@require_role(Role.VIEWER)
def judge_accuracy(request: StudioRequest) -> HttpResponse:
    """Judges by their accuracy on a data set."""
    context = pages.judge_accuracy(request.actor, request.GET)
    return htmx.page_or_fragment(request, "judging/judge_accuracy.html", "judging/_judge_accuracies.html", context)
