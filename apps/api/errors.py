"""Errors → problem documents (RFC 9457) with a code, pointers and the request's id."""

import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core import http, request_ids
from domain import errors

log = logging.getLogger(__name__)
CODES = {
    400: "malformed", 401: "unauthenticated", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 412: "stale", 413: "too_large", 415: "unsupported_media_type", 422: "invalid",
    428: "precondition_required", 429: "too_many_requests",
}  # fmt: skip
TITLES = {
    400: "The request could not be read",
    401: "A valid token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict with the present state",
    412: "It changed in the meantime",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid",
    428: "A precondition is required",
    429: "Too many requests",
    503: "Something that is needed is not available",
}


class Stale(errors.Conflict):
    """The If-Match of a change no longer matches (412)."""

    default_code = "stale"


class PreconditionRequired(errors.Invalid):
    """A change without If-Match (428)."""

    default_code = "precondition_required"


class TooLarge(errors.Invalid):
    """The body is larger than this server takes (413)."""

    default_code = "too_large"


SPECIAL: dict[type[errors.StudioError], int] = {Stale: 412, PreconditionRequired: 428, TooLarge: 413}


def problem(
    status: int, detail: str, *, code: str = "", pointers: list[dict[str, str]] | None = None, **more: Any
) -> Response:
    """A problem document as an answer."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "code": code or CODES.get(status, "error"),
        "errors": pointers or [],
        "request_id": request_ids.current.get(),
        **more,
    }
    return Response(body, status=status, content_type="application/problem+json")


def problem_response(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every expected error with a problem document; anything else stays a bug (500)."""
    set_rollback()
    if isinstance(exception, errors.StudioError):
        return _studio(exception)
    if isinstance(exception, exceptions.ValidationError):
        pointers = _pointers(exception.detail)
        return problem(422, pointers[0]["message"] if pointers else "Invalid.", pointers=pointers)
    if isinstance(exception, exceptions.APIException):
        return _api(exception)
    if isinstance(exception, Http404):
        return problem(404, "There is no such thing, or not for this token.")
    if isinstance(exception, PermissionDenied):
        return problem(403, str(exception) or "Not allowed.")
    if isinstance(exception, RequestDataTooBig):
        return problem(413, "The body is larger than this server takes.")
    if isinstance(exception, OperationalError | InterfaceError):
        log.warning("the database is away: %s", exception)
        return _away(problem(503, "The database is away for the moment; try again soon.", code="database_away"))
    return None


def _studio(error: errors.StudioError) -> Response:
    status = next((code for family, code in SPECIAL.items() if isinstance(error, family)), None)
    extra = {"details": error.details} if error.details else {}
    if error.code == "stale":
        status = 412
    if "retry_after" in error.details:
        status = 429
    status = status or http.status_of(error)
    answer = problem(status, error.message, code=error.code, pointers=_faults(error), **extra)
    if status == 429:
        answer["Retry-After"] = str(error.details["retry_after"])
    return _away(answer) if status == 503 else answer


def _faults(error: errors.StudioError) -> list[dict[str, str]]:
    """Where in what was sent the fault is; an Invalid that does not say concerns the whole."""
    faults = [{"pointer": fault.pointer, "message": fault.message} for fault in getattr(error, "problems", ())]
    if not faults and ("pointer" in error.details or isinstance(error, errors.Invalid)):
        return [{"pointer": str(error.details.get("pointer", "")), "message": error.message}]
    return faults


def _away(answer: Response) -> Response:
    answer["Retry-After"] = "5"
    return answer


def _api(error: exceptions.APIException) -> Response:
    status = error.status_code
    if isinstance(error, exceptions.NotAuthenticated):
        status = 401
    answer = problem(status, str(error.detail))
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    wait = getattr(error, "wait", None)
    if wait is not None:
        answer["Retry-After"] = str(math.ceil(wait))
    return answer


def _pointers(detail: Any, at: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [
            fault
            for name, inner in detail.items()
            for fault in _pointers(inner, at if name == "non_field_errors" else f"{at}/{name}")
        ]
    if isinstance(detail, list):
        if all(isinstance(inner, str) for inner in detail):
            return [{"pointer": at, "message": str(inner)} for inner in detail]
        return [fault for index, inner in enumerate(detail) for fault in _pointers(inner, f"{at}/{index}")]
    return [{"pointer": at, "message": str(detail)}]
