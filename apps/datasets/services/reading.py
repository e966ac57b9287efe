"""From files and records to rows: what the formats hold, in the terms of the tables."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.datasets.services.rows import LabelRow, Note, PreferenceRow, PromptRow, ResponseRow
from domain import dataset_formats, errors, reading, subjects
from domain.dataset_formats import ImportedDataset, ImportedLabel, ImportedPreference, ImportedPrompt, ImportedResponse
from domain.dataset_formats.models import made_id

LABEL_FIELDS = {
    "response_id", "prompt_id", "rater", "rater_kind", "criterion", "value", "mode", "repeat", "confidence", "spans",
    "note", "payload",
}  # fmt: skip


def notes(found: ImportedDataset) -> list[Note]:
    """The format's own report."""
    return [Note(note.level, note.pointer, note.message) for note in found.report]


def prompt_rows(found: ImportedDataset) -> list[PromptRow]:
    """Prompts with reference and context as parts."""
    return [_prompt(prompt) for prompt in found.prompts]


def response_rows(found: ImportedDataset) -> list[ResponseRow]:
    """Responses."""
    return [_response(response) for response in found.responses]


def label_rows(found: ImportedDataset) -> list[LabelRow]:
    """Labels with the prompt of the response they are for."""
    prompts = {response.id: response.prompt_id for response in found.responses}
    return [_label(label, prompts.get(label.response_id)) for label in found.labels]


def preference_rows(found: ImportedDataset) -> list[PreferenceRow]:
    """Pairs as ranks."""
    return [_preference(preference) for preference in found.preferences]


def labels_of_records(records: Sequence[Any]) -> list[LabelRow]:
    """Labels from records such as {response_id, rater, criterion, value}; every fault is named with its place."""
    rows: list[LabelRow] = []
    problems: list[errors.Problem] = []
    for n, record in enumerate(records):
        faults = list(_faults(record, f"/{n}"))
        problems.extend(faults)
        if not faults:
            rows.append(_label_of(record))
    if problems:
        raise reading.invalid(problems, code="labels_invalid")
    return rows


def items_of_records(records: Sequence[Any]) -> ImportedDataset:
    """Prompts with nested or flat responses from JSON records."""

    lines = "\n".join(json.dumps(record, ensure_ascii=False, allow_nan=True) for record in records)
    return dataset_formats.read("generic", lines.encode("utf-8", "surrogatepass"))


def _prompt(prompt: ImportedPrompt) -> PromptRow:
    extensions = dict(prompt.meta)
    if prompt.rubric:
        extensions["rubric"] = prompt.rubric
    return PromptRow(
        external_id=prompt.id,
        messages=prompt.messages,
        reference=_parts(prompt.reference),
        context=_parts(prompt.context),
        language=prompt.language,
        tags=_tags(prompt.tags),
        extensions=extensions,
    )


def _parts(text: str | None) -> list[dict[str, Any]] | None:
    return [subjects.text_part(text)] if text else None


def _response(response: ImportedResponse) -> ResponseRow:
    return ResponseRow(
        prompt_id=response.prompt_id,
        external_id=response.id,
        parts=response.parts,
        model=response.model,
        extensions=response.meta,
        edit_of=response.edit_of,
        edit=response.edit,
        tags=_tags(response.tags),
    )


def _tags(named: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{axis}:{value}" if value else axis for axis, value in named.items())


def _label(label: ImportedLabel, prompt_id: str | None) -> LabelRow:
    return LabelRow(
        response_id=label.response_id,
        prompt_id=prompt_id,
        rater=label.rater,
        sort=label.rater_kind,
        criterion=label.criterion_id,
        value=label.value,
        repeat=label.repeat,
        note=label.note,
        spans=label.spans,
        payload=label.payload | ({"rubric": label.rubric} if label.rubric else {}),
    )


def _preference(preference: ImportedPreference) -> PreferenceRow:
    tie = preference.strength == 0
    return PreferenceRow(
        external_id=made_id("f", preference.prompt_id, preference.chosen, preference.rejected),
        prompt_id=preference.prompt_id,
        ranks=((preference.chosen, 1), (preference.rejected, 1 if tie else 2)),
        rater=preference.rater or None,
        strength=preference.strength,
    )


def _faults(record: Any, at: str) -> Iterable[errors.Problem]:
    if not isinstance(record, Mapping):
        yield errors.Problem(at, "A label must be an object.")
        return
    for name in sorted(set(record) - LABEL_FIELDS):
        yield errors.Problem(f"{at}/{name}", f"A label has no field “{name}”.")
    for name in ("response_id", "rater"):
        if not isinstance(record.get(name), str) or not record[name].strip():
            yield errors.Problem(f"{at}/{name}", f"A label needs a `{name}`.")
    for name in ("criterion", "prompt_id", "note", "mode", "rater_kind"):
        if not isinstance(record.get(name), str | None):
            yield errors.Problem(f"{at}/{name}", f"`{name}` must be text.")
    if "value" not in record:
        yield errors.Problem(f"{at}/value", "A label needs a `value`; null says that it cannot be decided.")
    for name in ("value", "confidence"):
        if not _is_degree(record.get(name)):
            yield errors.Problem(f"{at}/{name}", f"`{name}` must lie between 0 and 1, or be null.")
    repeat = record.get("repeat") or 0
    if isinstance(repeat, bool) or not isinstance(repeat, int | str) or not str(repeat).isdecimal():
        yield errors.Problem(f"{at}/repeat", "`repeat` must be a whole number of at least 0.")


def _is_degree(value: Any) -> bool:
    if value is None or value == "":
        return True
    number = _number(value)
    return number is not None and 0 <= number <= 1


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or value == "":
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _label_of(record: Mapping[str, Any]) -> LabelRow:
    return LabelRow(
        response_id=record["response_id"],
        prompt_id=record.get("prompt_id") or None,
        rater=record["rater"],
        sort=record.get("rater_kind") or "human",
        criterion=record.get("criterion") or None,
        value=_number(record.get("value")),
        mode=record.get("mode") or "blind",
        repeat=int(record.get("repeat") or 0),
        confidence=_number(record.get("confidence")),
        spans=record.get("spans") or (),
        note=record.get("note") or "",
        payload=dict(record.get("payload") or {}),
    )
