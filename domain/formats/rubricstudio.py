"""The studio's own documents, as JSON or YAML."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from domain import errors, reading, rubric, yaml_text
from domain.formats.models import Exported, Imported, ImportedRubric, Note, Written, slug_of

MAX_RUBRICS = 10_000


def read(data: bytes) -> Imported:
    """One document or a list of them."""
    value = reading.json_value(data) if data.lstrip()[:1] in (b"{", b"[") else reading.yaml_value(data)
    single = not isinstance(value, list)
    documents: list[Any] = [value] if single else value
    if len(documents) > MAX_RUBRICS:
        message = f"A file may hold at most {MAX_RUBRICS} rubrics."
        raise reading.invalid([errors.Problem("", message)])
    found = [_one(item, "" if single else f"/{n}") for n, item in enumerate(documents)]
    notes = [
        note
        for n, (item, document) in enumerate(zip(found, documents, strict=True))
        for note in _notes(item.rubric, document, "" if single else f"/{n}")
    ]
    return Imported(tuple(found), tuple(notes))


def write_json(rubrics: Sequence[Exported]) -> Written:
    """One rubric as an object, several as a list."""
    body = json.dumps(_documents(rubrics), ensure_ascii=False, indent=1, allow_nan=False)
    return Written(body.encode() + b"\n", "application/json", "json")


def write_yaml(rubrics: Sequence[Exported]) -> Written:
    """One rubric as an object, several as a list."""
    body = yaml_text.written(_documents(rubrics))
    return Written(body.encode(), "application/yaml", "yaml")


def _documents(rubrics: Sequence[Exported]) -> Any:
    documents = [
        rubric.document(item.rubric, slug=item.slug, version=item.version, status=item.status) for item in rubrics
    ]
    return documents[0] if len(documents) == 1 else documents


def _one(document: Any, pointer: str) -> ImportedRubric:
    try:
        parsed = rubric.parse(document)
    except errors.Invalid as error:
        raise errors.Invalid(
            error.message,
            code=error.code,
            problems=[dataclasses.replace(p, pointer=pointer + p.pointer) for p in error.problems],
        ) from error
    named = document.get("slug")
    wanted = named if isinstance(named, str) else parsed.title
    return ImportedRubric(parsed, slug_of(wanted, "rubric"))


def _notes(parsed: rubric.Rubric, document: Mapping[str, Any], pointer: str) -> list[Note]:
    stated = document.get("digest")
    if stated is None or stated == rubric.digest(parsed):
        return []
    message = "The document was changed after its digest was taken; the new content counts."
    return [Note("info", f"{pointer}/digest", message)]
