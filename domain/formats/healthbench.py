"""HealthBench: a prompt with criteria whose points may be negative, one record a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain import errors, reading, rubric, subjects
from domain.formats import losses
from domain.formats.models import (
    Exported,
    Imported,
    ImportedPrompt,
    ImportedRubric,
    Note,
    Written,
    slug_of,
)
from domain.rubric import Criterion, Kind, Polarity, Rubric

NAME = "HealthBench"
KEY = "healthbench"
_TAGS = {"axis": "dimension", "cluster": "scenario", "level": "level"}


def read(data: bytes) -> Imported:
    """One prompt-bound rubric a record; all that is not a criterion is kept in `extensions`."""
    return Imported(tuple(from_record(item, f"/{n}") for n, item in enumerate(reading.records(data))))


def from_record(record: Any, pointer: str) -> ImportedRubric:
    """The rubric and the prompt of one record."""
    problems = list(_problems(record, pointer))
    if problems:
        raise reading.invalid(problems, code="healthbench_invalid")
    prompt_id = record["prompt_id"]
    try:
        parsed = rubric.parse(_document(record, prompt_id))
    except errors.Invalid as error:
        found = error.problems or [errors.Problem("", error.message)]
        moved = [errors.Problem(pointer + _moved(p.pointer), p.message) for p in found]
        raise reading.invalid(moved, code="healthbench_invalid") from error
    prompt = ImportedPrompt(
        id=prompt_id,
        messages=subjects.as_messages(record["prompt"]),
        tags=_prompt_tags(record),
        rubric=slug_of(f"healthbench-{prompt_id}", "healthbench"),
        meta={key: value for key, value in record.items() if key not in ("prompt", "rubrics")},
    )
    return ImportedRubric(parsed, slug_of(f"healthbench-{prompt_id}", "healthbench"), prompt)


def write(rubrics: Sequence[Exported]) -> Written:
    """One record a line, equal to the imported one where nothing was changed."""
    report: list[Note] = []
    lines: list[str] = []
    for n, item in enumerate(rubrics):
        record = _record(item.rubric)
        if item.rubric.criteria and not record["rubrics"]:
            raise errors.Invalid(
                "No criterion of this rubric can be written as HealthBench points.",
                code="not_expressible",
            )
        report.extend(_losses(item.rubric, f"/{n}" if len(rubrics) > 1 else ""))
        lines.append(json.dumps(record, ensure_ascii=False, allow_nan=False))
    data = "".join(line + "\n" for line in lines).encode()
    return Written(data, "application/x-ndjson", "jsonl", tuple(report))


def _problems(record: Any, pointer: str) -> Iterator[errors.Problem]:
    if not isinstance(record, dict):
        yield errors.Problem(pointer, "A record must be an object.")
        return
    if not isinstance(record.get("prompt_id"), str):
        yield errors.Problem(f"{pointer}/prompt_id", "The id of the prompt must be text.")
    try:
        subjects.as_messages(record.get("prompt"))
    except errors.Invalid as error:
        yield errors.Problem(f"{pointer}/prompt", error.message)
    items = record.get("rubrics")
    if not isinstance(items, list):
        yield errors.Problem(f"{pointer}/rubrics", "A list of criteria is needed.")
        return
    for n, item in enumerate(items):
        yield from _item_problems(item, f"{pointer}/rubrics/{n}")


def _item_problems(item: Any, pointer: str) -> Iterator[errors.Problem]:
    if not isinstance(item, dict):
        yield errors.Problem(pointer, "A criterion must be an object.")
        return
    if not isinstance(item.get("criterion"), str):
        yield errors.Problem(f"{pointer}/criterion", "The text of a criterion is needed.")
    if not _is_number(item.get("points")):
        yield errors.Problem(f"{pointer}/points", "Points must be a finite number.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _moved(pointer: str) -> str:
    """Where a fault of the document lies in the record."""
    moved = pointer.removeprefix(f"/extensions/{KEY}").replace("/criteria/", "/rubrics/", 1)
    for ours, theirs in (("/text", "/criterion"), ("/weight", "/points")):
        if moved.endswith(ours):
            moved = moved.removesuffix(ours) + theirs
    return moved


def _document(record: Mapping[str, Any], prompt_id: str) -> dict[str, Any]:
    items = record["rubrics"]
    ids = [rubric.criterion_id(n, item["criterion"]) for n, item in enumerate(items)]
    kept = {key: value for key, value in record.items() if key != "rubrics"}
    rest = {
        name: {key: value for key, value in item.items() if key not in ("criterion", "points")}
        for name, item in zip(ids, items, strict=True)
    }
    return {
        "title": f"HealthBench {prompt_id}"[:200],
        "scope": {"kind": "prompt", "dataset": KEY, "prompt_id": prompt_id},
        "criteria": [
            {
                "id": name,
                "text": item["criterion"],
                "polarity": "negative" if item["points"] < 0 else "positive",
                "weight": abs(item["points"]),
                "tags": _tags(item.get("tags"), _TAGS),
            }
            for name, item in zip(ids, items, strict=True)
        ],
        "extensions": {KEY: {"record": kept, "criteria": rest}},
    }


def _tags(tags: Any, names: Mapping[str, str]) -> dict[str, str]:
    pairs = [tag.split(":", 1) for tag in tags if isinstance(tag, str) and ":" in tag] if isinstance(tags, list) else []
    return {names[key]: value for key, value in pairs if key in names and len(value) <= 500}


def kept_messages(source: rubric.Rubric) -> list[dict[str, Any]]:
    """The prompt that a rubric of this format carries with it, as messages; none where it carries none."""
    try:
        return subjects.as_messages(_object(_object(source.extensions.get(KEY)).get("record")).get("prompt"))
    except errors.Invalid:
        return []


def _prompt_tags(record: Mapping[str, Any]) -> dict[str, str]:
    return _tags(record.get("example_tags"), {"theme": "theme", "physician_agreed_category": "category"})


def _record(source: Rubric) -> dict[str, Any]:
    kept = _object(source.extensions.get(KEY))
    rest = _object(kept.get("criteria"))
    weights = rubric.effective_weights(source)
    return {
        **(_object(kept.get("record")) or _fresh(source)),
        "rubrics": [
            {
                "criterion": c.text,
                "points": _points(c, weights[c.id]),
                **(_object(rest[c.id]) if c.id in rest else {"tags": _plain_tags(c)}),
            }
            for c in source.criteria
            if c.kind is Kind.BINARY
        ],
    }


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _fresh(source: Rubric) -> dict[str, Any]:
    """The frame of a record for a rubric that did not come from HealthBench."""
    scope = source.scope
    prompt_id = scope.prompt_id if isinstance(scope, rubric.PromptScope) else None
    return {"example_tags": [], "prompt": [], "prompt_id": prompt_id}


def _points(criterion: Criterion, weight: float) -> int | float:
    points = -weight if criterion.polarity is Polarity.NEGATIVE else weight
    return int(points) if points == int(points) else points


def _plain_tags(criterion: Criterion) -> list[str]:
    back = {ours: theirs for theirs, ours in _TAGS.items()}
    return [f"{back.get(key, key)}:{value}" for key, value in criterion.tags.items()]


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    yield from losses.of_rubric(source, pointer, NAME)
    if KEY not in source.extensions:
        yield Note("warning", f"{pointer}/prompt", "The rubric carries no prompt; the record has none.")
    for n, criterion in enumerate(source.criteria):
        at = f"{pointer}/criteria/{n}"
        if criterion.kind is not Kind.BINARY:
            message = f"{NAME} knows only yes or no; this {criterion.kind.value} criterion is left out."
            yield Note("error", f"{at}/kind", message)
        yield from losses.of_criterion(criterion, at, NAME)
