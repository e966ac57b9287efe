"""The id of the request that is being answered, for errors, logs and the history."""

import contextvars
import re
import uuid

current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
_CLEAN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def chosen(given: str) -> str:
    """The caller's id where it is a clean one, else a new one."""
    return given if _CLEAN.fullmatch(given) else uuid.uuid4().hex
