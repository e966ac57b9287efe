"""Checks that a message is from the studio: signed with the webhook's secret (Standard Webhooks), and not old."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any, cast

TOLERANCE = 300.0


class WebhookRefused(ValueError):
    """A message that must not be believed; says why."""


def verify_webhook(
    headers: Mapping[str, str], body: bytes | str, secret: str, *, tolerance: float = TOLERANCE,
    now: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The message as JSON (`type`, `timestamp`, `data`), or WebhookRefused.

    `body` is what came, byte for byte, before anything parsed it. A message that is older or newer than `tolerance`
    seconds is refused. The same message may come twice: remember the header `webhook-id`.
    """
    told = {name.lower(): value for name, value in headers.items()}
    raw = body.encode() if isinstance(body, str) else body
    try:
        message, moment, signed = (told[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        at, key = int(moment), base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except KeyError as missing:
        raise WebhookRefused(f"The header {missing.args[0]} is missing.") from None
    except ValueError:
        raise WebhookRefused("The timestamp or the secret cannot be read.") from None
    if abs((time.time() if now is None else now) - at) > tolerance:
        raise WebhookRefused("The message is too old, or from the future.")
    due = base64.b64encode(hmac.new(key, f"{message}.{moment}.".encode() + raw, hashlib.sha256).digest())
    given = [one.partition(",") for one in signed.split()]
    good = [hmac.compare_digest(due, mark.encode()) for version, _, mark in given if version == "v1"]
    if not any(good):
        raise WebhookRefused("No signature is made with this secret.")
    return cast("dict[str, Any]", json.loads(raw))
