"""Addresses that lead nowhere answer with a problem document too."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core import http


@csrf_exempt
@login_not_required
def missing(request: HttpRequest) -> JsonResponse:
    """404."""
    detail = f"There is nothing at {request.path[:300]}; the calls are listed at /api/v1/docs."
    return http.problem(404, detail, code="not_found")
