"""Errors → answers: one table for pages and fragments; REST uses the same table for problem documents."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from apps.core import request_ids
from domain import errors

STATUS: dict[type[errors.StudioError], int] = {
    errors.Invalid: 422,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Unavailable: 503,
}
TITLES = {
    400: "That request could not be read",
    403: "You may not do this",
    404: "Nothing is here",
    409: "That does not fit the present state",
    413: "That is too large",
    422: "Something in it is not valid",
    503: "Something that is needed is not available",
}


def problem(status: int, detail: str, *, code: str, title: str = "") -> JsonResponse:
    """A problem document (RFC 9457) for answers that no REST view made."""
    body = {
        "type": "about:blank",
        "title": title or TITLES.get(status, "Something went wrong"),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [],
        "request_id": request_ids.current.get(),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def status_of(error: errors.StudioError) -> int:
    """The HTTP status of an error's family."""
    for family, status in STATUS.items():
        if isinstance(error, family):
            return status
    raise TypeError(f"{type(error).__name__} belongs to no family")


def error_answer(request: HttpRequest, error: errors.StudioError) -> HttpResponse:
    """The page, or the notice fragment for HTMX, that says what went wrong."""
    status = status_of(error)
    context = {"error": error, "status": status, "title": TITLES[status]}
    template = "errors/_notice.html" if request.headers.get("HX-Request") else "errors/error.html"
    answer = render(request, template, context, status=status)
    if request.headers.get("HX-Request"):
        answer["HX-Retarget"] = "#notices"
        answer["HX-Reswap"] = "beforeend"
    if status == 503:
        answer["Retry-After"] = "5"
    return answer
