"""Fields of a criterion ↔ cells of a spreadsheet, safe against being taken for formulas."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from domain import errors
from domain.formats import building

Cell = str | int | float | None

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_NEUTRAL = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_SIMPLE = re.compile(r"[^\s=;{}\"'][^=;{}\"\r\n]*(?<!\s)")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?")


def neutral(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would compute it."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text without the apostrophe that `neutral` put before it."""
    return text[1:] if _NEUTRAL.match(text) else text


def number(value: Any, pointer: str) -> float:
    """The finite number of a cell."""
    if building.is_number(value):
        return float(value)
    said = str(value).strip()
    if _NUMBER.fullmatch(said):
        found = float(said.replace(",", "."))
        if math.isfinite(found):
            return found
    raise _refused(pointer, f"This is not a finite number: {said[:40]!r}.")


def json_of(value: Any) -> str | None:
    """A value as JSON in a cell; nothing for nothing."""
    return None if value is None or value in ([], {}) else json.dumps(value, ensure_ascii=False, allow_nan=False)


def parsed_json(value: Any, pointer: str) -> Any:
    """The value of a cell that holds JSON."""
    try:
        return json.loads(str(value), parse_constant=_not_finite)
    except (ValueError, RecursionError) as error:
        raise _refused(pointer, f"This cell must hold JSON: {error}.") from error


def tags_of(tags: Mapping[str, str]) -> str | None:
    """Tags as `key=value; key=value`, or as JSON where that would be ambiguous."""
    if all(_SIMPLE.fullmatch(text) for pair in tags.items() for text in pair):
        return "; ".join(f"{key}={value}" for key, value in tags.items()) or None
    return json_of(dict(tags))


def parsed_tags(value: Any, pointer: str) -> Any:
    """Tags from either form; a word without a value is its own value."""
    text = str(value).strip()
    if text.startswith("{"):
        return parsed_json(text, pointer)
    pairs = [piece.partition("=") for piece in text.split(";") if piece.strip()]
    return {key.strip(): (said if sign else key).strip() for key, sign, said in pairs}


def condition_of(value: Any) -> str | None:
    """A condition as plain text, or as JSON where it is a check or looks like JSON."""
    if isinstance(value, str) and not value.lstrip().startswith(("{", '"')):
        return value
    return json_of(value)


def parsed_condition(value: Any, pointer: str) -> Any:
    """The condition of a cell."""
    text = str(value)
    return parsed_json(text, pointer) if text.lstrip().startswith(("{", '"')) else text


def parsed_levels(value: Any, pointer: str) -> Any:
    """Levels from JSON, or from labels with `|` or line feeds between, worst first."""
    text = str(value).strip()
    if text.startswith(("[", "{")):
        return parsed_json(text, pointer)
    labels = [label.strip() for label in re.split(r"[|\n]", text) if label.strip()]
    return building.even_levels(labels)


def _not_finite(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number in JSON")


def _refused(pointer: str, message: str) -> errors.Invalid:
    return errors.Invalid(message, code="sheet_invalid", problems=[errors.Problem(pointer, message)])
