"""Page or fragment: a list and its table share a URL."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def is_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def is_only_main(request: HttpRequest) -> bool:
    """Whether a script of the page asks for what stands between the navigation and the dialogs, which it has."""
    return request.headers.get("X-Part") == "main"


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the fragment for HTMX and the page for everyone else, and say that it varies."""
    answer = render(request, fragment if is_fragment(request) else page, context, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def trigger(answer: HttpResponse, event: str) -> HttpResponse:
    """Tell neighbours on the page that something changed."""
    answer["HX-Trigger"] = event
    return answer
