"""What can go wrong, as types: refused by the studio, not reachable, or not what its digest says."""

from __future__ import annotations

from typing import Any

import httpx


class StudioError(Exception):
    """Anything that the studio or the way to it refuses."""


class Unavailable(StudioError):
    """The studio cannot be reached or is too busy; trying later may help, after `retry_after` seconds if it said so."""

    def __init__(self, sentence: str, *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class DigestMismatch(StudioError):
    """What came is not what its digest says: a broken stream, a broken disk, or somebody in between."""


class Refused(StudioError):
    """The studio's problem document (RFC 9457)."""

    def __init__(self, problem: dict[str, Any], status: int) -> None:
        self.problem = problem
        self.status = status
        self.code = str(problem.get("code") or "error")
        self.detail = str(problem.get("detail") or problem.get("title") or f"HTTP {status}")
        self.pointers = tuple(
            (str(fault.get("pointer", "")), str(fault.get("message", ""))) for fault in problem.get("errors") or ()
        )
        self.request_id = str(problem.get("request_id") or "")
        super().__init__(f"{self.detail} ({status} {self.code})")


class Unauthenticated(Refused):
    """The token is missing, unknown, expired or revoked (401)."""


class NotAllowed(Refused):
    """The token lacks the scope, or its person the role (403)."""


class NotFound(Refused):
    """There is no such thing, or not for this token (404)."""


class Conflict(Refused):
    """It does not fit the present state: a draft asked for rewards, a run pinned to something else (409)."""


class Invalid(Refused):
    """What was sent cannot be accepted as it is; `pointers` say where (400, 413, 415, 422)."""


_BY_STATUS: dict[int, type[Refused]] = {
    400: Invalid,
    401: Unauthenticated,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: Invalid,
    415: Invalid,
    422: Invalid,
    428: Invalid,
}


def refused(response: httpx.Response) -> Refused:
    """The error that an answer of 400 or more means."""
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    return _BY_STATUS.get(response.status_code, Refused)(problem, response.status_code)
