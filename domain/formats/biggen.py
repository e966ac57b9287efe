"""BiGGen Bench: a prompt with its own question of five described scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain import errors, reading
from domain.formats import building, five_levels, losses
from domain.formats.models import Exported, Imported, ImportedPrompt, ImportedRubric, Note, Written, slug_of
from domain.rubric import PromptScope, Rubric, criterion_id

NAME = "BiGGen Bench"
KEY = "biggen"
CODE = "biggen_invalid"
_TAGS = ("capability", "task")


def read(data: bytes) -> Imported:
    """One prompt-bound rubric a record; the records stand in a list, in lines or under their ids."""
    items = reading.records(data)
    placed = [(f"/{n}", item) for n, item in enumerate(items)]
    if len(items) == 1 and isinstance(items[0], dict) and "score_rubric" not in items[0]:
        placed = [(f"/{_escaped(key)}", item) for key, item in items[0].items()]
    problems = [problem for pointer, item in placed for problem in _problems(item, pointer)]
    if problems:
        raise reading.invalid(problems, code=CODE)
    return Imported(tuple(_one(item, pointer) for pointer, item in placed))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _problems(item: Any, pointer: str) -> Iterator[errors.Problem]:
    if not isinstance(item, dict):
        yield errors.Problem(pointer, "A record must be an object.")
        return
    for key in ("id", "input"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            yield errors.Problem(f"{pointer}/{key}", "A text is needed here.")
    given = item.get("score_rubric")
    if not isinstance(given, dict):
        yield errors.Problem(f"{pointer}/score_rubric", "A question with five described scores is needed.")
        return
    yield from five_levels.problems(given, "criteria", f"{pointer}/score_rubric")


def _one(item: dict[str, Any], pointer: str) -> ImportedRubric:
    name = item["id"]
    said = item["score_rubric"]
    reference = item.get("reference_answer")
    reference = reference if isinstance(reference, str) and reference else None
    document = {
        "title": said["criteria"][:120],
        "scope": {"kind": "prompt", "dataset": KEY, "prompt_id": name},
        "criteria": [
            {
                **five_levels.criterion(said, "criteria"),
                "id": criterion_id(0, said["criteria"]),
                "needs": ["reference"] if reference else [],
                "tags": {key: item[key] for key in _TAGS if isinstance(item.get(key), str) and len(item[key]) <= 500},
            }
        ],
        "extensions": {
            KEY: {
                "record": building.without(item, ("score_rubric",)),
                "score_rubric": building.without(said, ("criteria", *five_levels.KEYS)),
            }
        },
    }
    parsed = building.parsed(document, code=CODE, moved=lambda at: _moved(pointer, at))
    slug = slug_of(f"biggen-{name}", "biggen")
    system = item.get("system_prompt")
    messages = (
        [{"role": "system", "content": [{"type": "text", "text": system}]}]
        if isinstance(system, str) and system
        else []
    )
    messages.append({"role": "user", "content": [{"type": "text", "text": item["input"]}]})
    prompt = ImportedPrompt(
        id=name,
        messages=messages,
        reference=reference,
        tags=dict(parsed.criteria[0].tags),
        rubric=slug,
        meta=building.without(item, ("score_rubric", "input", "system_prompt", "reference_answer")),
    )
    return ImportedRubric(parsed, slug, prompt)


def _moved(pointer: str, at: str) -> str:
    """Where a fault of the document lies in the record."""
    steps = at.split("/")
    if "levels" in steps and len(steps) > 4 and steps[4].isdecimal():
        return f"{pointer}/score_rubric/{five_levels.KEYS[int(steps[4])]}"
    if at.startswith("/criteria/0/text"):
        return f"{pointer}/score_rubric/criteria"
    if at.startswith("/scope"):
        return f"{pointer}/id"
    return pointer


def write(rubrics: Sequence[Exported]) -> Written:
    """One record a line for each rubric with one criterion of five levels."""
    report: list[Note] = []
    lines: list[str] = []
    for n, item in enumerate(rubrics):
        pointer = f"/{n}" if len(rubrics) > 1 else ""
        report.extend(_losses(item.rubric, pointer))
        records = _records(item.rubric)
        lines.extend(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records)
    if not lines:
        raise errors.Invalid(
            f"No criterion of this rubric has the five levels that {NAME} needs.", code="not_expressible"
        )
    return Written("".join(lines).encode(), "application/x-ndjson", "jsonl", tuple(report))


def _records(source: Rubric) -> Iterator[dict[str, Any]]:
    kept = building.kept(source, KEY)
    fitting = [c for c in source.criteria if five_levels.fits(c)]
    frame = building.as_object(kept.get("record")) or _fresh(source)
    for n, criterion in enumerate(fitting):
        name = {} if n == 0 else {"id": f"{frame.get('id')}_{n}"}
        rest = building.as_object(kept.get("score_rubric")) if n == 0 else {}
        yield {**frame, **name, "score_rubric": {**rest, **five_levels.fields(criterion, "criteria")}}


def _fresh(source: Rubric) -> Mapping[str, Any]:
    prompt_id = source.scope.prompt_id if isinstance(source.scope, PromptScope) else slug_of(source.title, "rubric")
    return {"id": prompt_id, "system_prompt": "", "input": "", "reference_answer": ""}


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    yield from losses.of_rubric(source, pointer, NAME)
    if KEY not in source.extensions:
        yield Note("warning", f"{pointer}/prompt", "The rubric carries no prompt; the record has none.")
    if sum(five_levels.fits(c) for c in source.criteria) > 1:
        message = f"{NAME} has one question a record; each further criterion becomes a record of its own."
        yield Note("info", f"{pointer}/criteria", message)
    for n, criterion in enumerate(source.criteria):
        plainly = criterion.model_copy(update={"tags": building.without(criterion.tags, _TAGS), "needs": ()})
        yield from five_levels.notes(plainly, f"{pointer}/criteria/{n}", NAME)
