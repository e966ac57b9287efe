"""The canonical form of JSON values: text in NFC, then RFC 8785."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from typing import Any

import rfc8785

from domain import errors

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
MAX_DOUBLE = 2**1023


def canonical(form: Any) -> bytes:
    """The one byte string of a JSON value, equal wherever the values are equal."""
    try:
        return rfc8785.dumps(normalised(form))
    except rfc8785.CanonicalizationError as error:
        raise errors.Invalid(f"This value has no canonical form: {error}.", code="not_canonical") from error


def sha256(form: Any) -> str:
    """The digest of the canonical form, as `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(canonical(form)).hexdigest()


def normalised(form: Any, depth: int = 0) -> Any:
    """The same value with every text and key in NFC."""
    if depth > MAX_DEPTH:
        raise errors.Invalid(f"Values may be nested at most {MAX_DEPTH} deep.", code="too_deep")
    if isinstance(form, str):
        return unicodedata.normalize("NFC", form)
    if isinstance(form, dict):
        return _normalised_object(form, depth)
    if isinstance(form, list | tuple):
        return [normalised(item, depth + 1) for item in form]
    if isinstance(form, int) and abs(form) > MAX_INTEGER:
        return _wide(form)
    return form


def _wide(number: int) -> float:
    """A number that JSON readers hold as a double, where it is one or the way to write one."""
    wide = float(number) if abs(number) < MAX_DOUBLE else math.inf
    if wide != number and (math.isinf(wide) or rfc8785.dumps(wide) != str(number).encode()):
        raise errors.Invalid("A whole number is too large to be exact in JSON.", code="inexact_number")
    return wide


def _normalised_object(form: dict[Any, Any], depth: int) -> dict[Any, Any]:
    out = {normalised(key): normalised(value, depth + 1) for key, value in form.items()}
    if len(out) != len(form):
        raise errors.Invalid(
            "Two keys of one object are the same after Unicode normalisation.",
            code="same_key",
        )
    return out
