"""From untrusted JSON to a rubric, or to a list of what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pydantic

from domain import errors
from domain.rubric import rules
from domain.rubric.canonical import canonical
from domain.rubric.models import FORMAT, Rubric, criterion_id, guideline_id

_STORED = ("slug", "version", "status", "digest", "judged_digest")
_MESSAGES = {
    "missing": "This key is required.",
    "extra_forbidden": "This key is not known here; keep what other formats need in `extensions`.",
    "finite_number": "Numbers must be finite.",
    "string_pattern_mismatch": "This text must not be blank.",
}


def parse(data: Mapping[str, Any]) -> Rubric:
    """The rubric a document describes, with defaults filled in; raises Invalid with every problem found."""
    if not isinstance(data, Mapping):
        raise _invalid([errors.Problem("", "A rubric must be a JSON object.")])
    body = {key: value for key, value in data.items() if key not in _STORED}
    given = body.pop("format", FORMAT)
    if given != FORMAT:
        message = f"The format must be {FORMAT!r}."
        raise _invalid([errors.Problem("/format", message)])
    problems = rules.text_problems(body)
    if problems:
        raise _invalid(problems)
    rubric = _validated(_with_ids(body))
    problems = rules.problems(rubric)
    if problems:
        raise _invalid(problems)
    canonical(rubric.extensions)
    return rubric


def _validated(body: dict[str, Any]) -> Rubric:
    try:
        return Rubric.model_validate(body)
    except pydantic.ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        raise _invalid(
            errors.Problem(_pointer(body, item["loc"]), _sentence(item["type"], item["msg"])) for item in found
        ) from error


def _with_ids(body: dict[str, Any]) -> dict[str, Any]:
    out = dict(body)
    for key, make in (("criteria", criterion_id), ("guidelines", guideline_id)):
        items = out.get(key)
        if isinstance(items, list | tuple):
            out[key] = [_with_id(item, n, make) for n, item in enumerate(items)]
    criteria = out.get("criteria")
    if isinstance(criteria, list):
        out["criteria"] = [_with_examples(item) for item in criteria]
    return out


def _with_id(item: Any, position: int, make: Callable[[int, str], str]) -> Any:
    if isinstance(item, dict) and item.get("id") is None:
        return {**item, "id": make(position, _text(item))}
    return item


def _with_examples(item: Any) -> Any:
    if not isinstance(item, dict) or not isinstance(item.get("examples"), list):
        return item
    examples = [{"text": e} if isinstance(e, str) else e for e in item["examples"]]
    return {**item, "examples": examples}


def _text(item: Any) -> str:
    text = item.get("text") if isinstance(item, dict) else None
    return text if isinstance(text, str) else ""


def _pointer(data: Any, location: tuple[int | str, ...]) -> str:
    """The JSON pointer of an error, without the names of union members that pydantic puts between."""
    steps: list[str] = []
    for n, step in enumerate(location):
        inside = _child(data, step)
        if inside is not _ABSENT:
            data = inside
        elif n < len(location) - 1 or not isinstance(data, dict):
            continue
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


_ABSENT = object()


def _child(data: Any, step: int | str) -> Any:
    if isinstance(data, dict):
        return data.get(step, _ABSENT)
    if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
        return data[step]
    return _ABSENT


def _sentence(kind: str, message: str) -> str:
    return _MESSAGES.get(kind, message.removesuffix(".") + ".")


def _invalid(problems: Any) -> errors.Invalid:
    found = tuple(problems)
    first = found[0]
    where = f" ({first.pointer})" if first.pointer else ""
    more = f" and {len(found) - 1} more problems" if len(found) > 1 else ""
    return errors.Invalid(
        f"The rubric cannot be read: {first.message.removesuffix('.')}{where}{more}.",
        code="rubric_invalid",
        problems=found,
    )
