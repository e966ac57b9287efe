"""JSON that somebody else wrote: read within bounds."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

MAX_DEPTH = 200
MAX_DIGITS = 1_000
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[{]|[\]}]")


def read(text: str) -> Any:
    """The value; a `ValueError` says why there is none."""
    if _is_too_deep(text):
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    return json.loads(text, parse_constant=_refuse, parse_int=_whole)


def _is_too_deep(text: str) -> bool:
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")
