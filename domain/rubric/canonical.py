"""The canonical form of JSON values: text in NFC, then RFC 8785."""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterable
from typing import Any

import rfc8785

from domain import errors

MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
MAX_DOUBLE = 2**1023
LEAST_PLAIN, MOST_PLAIN = 1e-4, 1e15  # between them Python and ECMAScript write a number alike


_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class _Unusual(Exception):
    """A value for which sorted JSON is not certain to be the canonical form."""


def canonical(form: Any) -> bytes:
    """The one byte string of a JSON value, equal wherever the values are equal."""
    try:
        return _PLAIN.encode(_plain(form, 0)).encode()
    except (_Unusual, UnicodeEncodeError):
        return _exact(form)


def _plain(form: Any, depth: int) -> Any:
    """The value in NFC with numbers as RFC 8785 writes them, where sorted JSON then is the canonical form."""
    kind = type(form)
    if kind is str:
        return form if form.isascii() else unicodedata.normalize("NFC", form)
    if form is None or kind is bool:
        return form
    if kind is float:
        if form.is_integer() and abs(form) <= MAX_INTEGER:
            return int(form)
        if LEAST_PLAIN <= abs(form) < MOST_PLAIN:
            return form
    elif kind is int:
        if abs(form) <= MAX_INTEGER:
            return form
    elif depth < MAX_DEPTH:
        if kind is dict and _ascii(form):
            return {
                key: value if value is None or (type(value) is str and value.isascii()) else _plain(value, depth + 1)
                for key, value in form.items()
            }
        if kind is list or kind is tuple:
            return [_plain(item, depth + 1) for item in form]
    raise _Unusual


def _ascii(keys: Iterable[Any]) -> bool:
    """Whether all keys are text in ASCII, which sorts alike by character and by UTF-16."""
    try:
        return "".join(keys).isascii()
    except TypeError:
        return False


def _exact(form: Any) -> bytes:
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
        return form if form.isascii() else unicodedata.normalize("NFC", form)
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
