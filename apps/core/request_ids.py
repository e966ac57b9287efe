"""The id of the request that is being answered, for errors, logs and the history."""

import contextvars

current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
