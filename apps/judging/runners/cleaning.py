"""Makes what a model wrote fit for PostgreSQL and JSON."""

import math
from typing import Any


def clean(value: Any) -> Any:
    """The same value without characters that PostgreSQL cannot keep and numbers that JSON does not know."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean(name): clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def clean_text(text: str) -> str:
    """The same text without NUL and without halves of surrogate pairs."""
    if "\x00" not in text and text.isascii():
        return text
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
