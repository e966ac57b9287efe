"""Any table whose columns are mapped to fields: one row a response, a pair, or a label."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

from domain import errors, reading, subjects
from domain.dataset_formats import nested, tables
from domain.dataset_formats.models import (
    ImportedDataset,
    ImportedLabel,
    ImportedPreference,
    ImportedPrompt,
    ImportedResponse,
    made_id,
)
from domain.formats.models import Note

FIELDS = (
    "prompt_id",
    "prompt",
    "reference",
    "context",
    "language",
    "tags",
    "rubric",
    "response_id",
    "response",
    "model",
    "edit_of",
    "edit",
    "response_tags",
    "chosen",
    "rejected",
    "strength",
    "rater",
    "criterion",
    "value",
    "repeat",
    "note",
)
"""Fields a column can be mapped to. `value` lies in [0, 1]; `chosen` and `rejected` are texts or ids; `edit_of` is the
id of a response to the same prompt; `response_tags` say of a response what `tags` say of its prompt.
"""


def columns(data: bytes) -> list[str]:
    """The names of all columns in order of first use; those of nested responses count as columns."""
    return _names(nested.unfold(tables.rows(data)))


def _names(rows: list[nested.Unfolded]) -> list[str]:
    return list(dict.fromkeys(name for flat in rows for name in flat.row))


def read(data: bytes, mapping: Mapping[str, str] | None = None) -> ImportedDataset:
    """The content of a table; `mapping` is field → column, a column of the same name otherwise."""
    rows = nested.unfold(tables.rows(data))
    names = _names(rows)
    used = _mapping(mapping, names)
    gathering = _Gathering()
    problems: list[errors.Problem] = []
    for pointer, row in rows:
        fields = {field: row.get(column) for field, column in used.items()}
        try:
            gathering.add({key: value for key, value in fields.items() if not _is_empty(value)})
        except errors.Invalid as error:
            problems.append(errors.Problem(pointer, error.message))
    if problems:
        raise reading.invalid(problems, code="table_invalid")
    spare = [name for name in names if name not in used.values()]
    notes = [Note("info", f"/{name}", f"The column {name!r} is not used.") for name in spare]
    return gathering.dataset(notes)


def _mapping(mapping: Mapping[str, str] | None, names: list[str]) -> dict[str, str]:
    given = dict(mapping or {})
    problems = [
        errors.Problem(f"/{field}", f"There is no field {field!r}.") for field in given if field not in FIELDS
    ] + [
        errors.Problem(f"/{field}", f"The table has no column {column!r}.")
        for field, column in given.items()
        if column not in names
    ]
    own = {field: field for field in FIELDS if field in names and field not in given}
    used = given | {field: name for field, name in own.items() if name not in given.values()}
    if not problems and "prompt" not in used and "prompt_id" not in used:
        problems.append(errors.Problem("/prompt", "One column must be mapped to `prompt`."))
    if problems:
        raise reading.invalid(problems, code="mapping_invalid")
    return used


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


class _Gathering:
    """Rows joined into prompts and responses, each kept once."""

    def __init__(self) -> None:
        self.prompts: dict[str, ImportedPrompt] = {}
        self.responses: dict[str, ImportedResponse] = {}
        self.preferences: list[ImportedPreference] = []
        self.labels: list[ImportedLabel] = []

    def add(self, row: Mapping[str, Any]) -> None:
        prompt_id = self._prompt(row)
        response_id = self._response(prompt_id, row) if _has_response(row) else None
        if "chosen" in row or "rejected" in row:
            self._preference(prompt_id, row)
        if "value" in row:
            self._label(response_id, row)

    def dataset(self, notes: list[Note]) -> ImportedDataset:
        return ImportedDataset(
            prompts=tuple(self.prompts.values()),
            responses=tuple(self.responses.values()),
            preferences=tuple(self.preferences),
            labels=tuple(self.labels),
            report=tuple(notes),
        )

    def _prompt(self, row: Mapping[str, Any]) -> str:
        if "prompt" not in row:
            prompt_id = _text(row, "prompt_id")
            if prompt_id not in self.prompts:
                raise errors.Invalid("The row has no `prompt`, and none with its id came before.")
            return prompt_id
        messages = subjects.as_messages(row["prompt"])
        prompt_id = _text(row, "prompt_id") or made_id("p", subjects.parts_hash(messages))
        prompt = ImportedPrompt(
            id=prompt_id,
            messages=messages,
            reference=_text(row, "reference") or None,
            context=_text(row, "context") or None,
            language=_text(row, "language"),
            tags=_tags(row.get("tags", {})),
            rubric=_text(row, "rubric") or None,
        )
        known = self.prompts.setdefault(prompt_id, prompt)
        if known.messages != messages:
            raise errors.Invalid(f"The id {prompt_id!r} stands for two different prompts.")
        return prompt_id

    def _response(self, prompt_id: str, row: Mapping[str, Any]) -> str:
        if "response" not in row:
            response_id = _text(row, "response_id")
            if response_id not in self.responses:
                raise errors.Invalid("The row has no `response`, and none with its id came before.")
            return response_id
        edited = (_text(row, "edit_of"), _text(row, "edit"))
        name = self._keep(prompt_id, row["response"], _text(row, "response_id"), _text(row, "model"), edited)
        if tags := _tags(row.get("response_tags", {})):
            self.responses[name] = dataclasses.replace(self.responses[name], tags=tags)
        return name

    def _keep(
        self, prompt_id: str, content: Any, response_id: str, model: str, edited: tuple[str, str] = ("", "")
    ) -> str:
        parts = subjects.as_parts(content)
        name = response_id or made_id("r", prompt_id, subjects.parts_hash(parts), model)
        known = self.responses.setdefault(name, ImportedResponse(name, prompt_id, parts, model, {}, *edited))
        if known.parts != parts or known.prompt_id != prompt_id:
            raise errors.Invalid(f"The id {name!r} stands for two different responses.")
        return name

    def _preference(self, prompt_id: str, row: Mapping[str, Any]) -> None:
        if "chosen" not in row or "rejected" not in row:
            raise errors.Invalid("A pair needs both `chosen` and `rejected`.")
        chosen, rejected = (self._member(prompt_id, row[field]) for field in ("chosen", "rejected"))
        if chosen == rejected:
            raise errors.Invalid("The two responses of a pair are the same.")
        strength = _number(row, "strength", None)
        self.preferences.append(ImportedPreference(prompt_id, chosen, rejected, _text(row, "rater"), strength))

    def _member(self, prompt_id: str, value: Any) -> str:
        known = self.responses.get(value) if isinstance(value, str) else None
        if known is not None and known.prompt_id == prompt_id:
            return known.id
        return self._keep(prompt_id, value, "", "")

    def _label(self, response_id: str | None, row: Mapping[str, Any]) -> None:
        if response_id is None:
            raise errors.Invalid("A label needs a `response` or a `response_id`.")
        value = _number(row, "value", None)
        if value is None or not 0 <= value <= 1:
            raise errors.Invalid("`value` must lie between 0 and 1.")
        repeat = _number(row, "repeat", 0.0) or 0.0
        if repeat < 0 or repeat != int(repeat):
            raise errors.Invalid("`repeat` must be a whole number of at least 0.")
        self.labels.append(
            ImportedLabel(
                response_id=response_id,
                rater=_text(row, "rater") or "imported",
                value=value,
                rubric=_text(row, "rubric") or None,
                criterion_id=_text(row, "criterion") or None,
                repeat=int(repeat),
                note=_text(row, "note"),
            )
        )


def _has_response(row: Mapping[str, Any]) -> bool:
    return "response" in row or "response_id" in row


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field, "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise errors.Invalid(f"`{field}` must be text.")
    return str(value)


def _number(row: Mapping[str, Any], field: str, default: float | None) -> float | None:
    if field not in row:
        return default
    read_as: Callable[[Any], float] = float
    try:
        value = read_as(row[field])
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise errors.Invalid(f"`{field}` must be a finite number.")
    return value


def _tags(value: Any) -> dict[str, str]:
    """Tags from an object, a list of words, or words between commas."""
    if isinstance(value, str):
        value = [word.strip() for word in value.split(",") if word.strip()]
    if isinstance(value, list):
        return {str(word): "" for word in value}
    if isinstance(value, dict):
        return {str(key): str(word) for key, word in value.items() if word is not None}
    raise errors.Invalid("`tags` must be an object, a list or words between commas.")
