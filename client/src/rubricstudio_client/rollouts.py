"""What trainers hand over, as the studio takes it: conversations as their turns, a prompt's rollouts as a group."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from rubricstudio_client.studio import Studio

URL = "RUBRICSTUDIO_URL"
TOKEN = "RUBRICSTUDIO_TOKEN"  # noqa: S105


def studio_of(studio: Studio | None = None, url: str | None = None, token: str | None = None) -> Studio:
    """The studio that is given, or one at `url` with `token`, else as RUBRICSTUDIO_URL and RUBRICSTUDIO_TOKEN say.

    Raises ValueError where none of them names one.
    """
    if studio is not None:
        return studio
    url, token = url or os.environ.get(URL), token or os.environ.get(TOKEN)
    if not url or not token:
        raise ValueError(f"Give a Studio, or the url of one and a token, or set {URL} and {TOKEN}.")
    return Studio(url, token)


def content(told: Any) -> Any:
    """A text, or a conversation's turns with role and content only; tool calls and the like are no part of it."""
    if isinstance(told, str):
        return told
    return [{"role": turn["role"], "content": turn.get("content") or ""} for turn in told]


def group_of(prompt: Any) -> str:
    """The same for all rollouts of a prompt."""
    return hashlib.sha256(json.dumps(prompt, sort_keys=True, default=str).encode()).hexdigest()[:16]
