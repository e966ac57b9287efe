"""IFEval and IFBench: prompts with instructions that a program checks, and answers to them.

A record with `kwargs` is a prompt with its rubric, one computed criterion an instruction. A record with `response` is
an answer, of the prompt with its `key`, or of the same words where it has none.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from domain import checks, errors, rubric, subjects
from domain.checks import instructions
from domain.dataset_formats import recorded
from domain.dataset_formats.models import ImportedDataset, ImportedResponse, made_id
from domain.formats.models import ImportedPrompt, ImportedRubric, Note, slug_of

TITLES = {"ifeval": "IFEval", "ifbench": "IFBench"}
MAX_INSTRUCTIONS = 100


def read(family: str, data: bytes) -> ImportedDataset:
    """Prompts with their rubrics, and answers."""
    rows = _named(recorded.each(data, functools.partial(_row, family)))
    prompts = {row["id"]: row for row in reversed(rows)}
    prompts |= {row["id"]: row for row in rows if row["asked"]}
    recorded.once(row["id"] for row in rows if row["asked"])
    answers = [row for row in rows if row["response"] is not None]
    made = {name: _rubric(family, row) for name, row in prompts.items() if row["asked"]}
    return ImportedDataset(
        prompts=tuple(_prompt(row, made.get(name)) for name, row in prompts.items()),
        responses=tuple(map(_answer, answers)),
        rubrics=tuple(found for found in made.values() if found),
        report=tuple(_notes(family, rows)),
    )


def _row(family: str, record: Mapping[str, Any]) -> dict[str, Any]:
    names = record.get("instruction_id_list")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or len(names) > MAX_INSTRUCTIONS:
        raise errors.Invalid(f"`instruction_id_list` must be a list of at most {MAX_INSTRUCTIONS} names.")
    given = record.get("kwargs")
    if given is not None and (not isinstance(given, list) or len(given) != len(names)):
        raise errors.Invalid("`kwargs` must be a list as long as `instruction_id_list`.")
    prompt, answer = recorded.text(record, "prompt").strip(), record.get("response")
    if answer is not None and not isinstance(answer, str):
        raise errors.Invalid("`response` must be text.")
    key = record.get("key")
    known, unknown = _checks(family, names, given or [])
    return {
        "id": None if key is None else str(key), "prompt": prompt, "response": answer, "model": record.get("model"),
        "asked": given is not None, "checks": known, "unknown": unknown, "judged": "strict_list" in record
        or "follow_instruction_list" in record, "answer_id": record.get("id"),
    }  # fmt: skip


def _checks(family: str, names: list[str], given: list[Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The specifications of the instructions that are known, and the names of the others."""
    known, unknown = [], []
    for name, kwargs in zip(names, given, strict=False):
        if name not in instructions.FAMILIES[family].instructions:
            unknown.append(name)
            continue
        if not isinstance(kwargs, dict):
            raise errors.Invalid("Each of `kwargs` must be an object.")
        said = {key: value for key, value in kwargs.items() if value is not None}
        spec = {"kind": family, "instruction": name, "kwargs": said, "mode": "strict"}
        checks.validate(spec)
        known.append(spec)
    return known, unknown


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with ids: their own, that of the prompt with the same words, or one made of the words."""
    keys = {row["prompt"]: row["id"] for row in rows if row["id"] is not None}
    return [{**row, "id": row["id"] or keys.get(row["prompt"]) or made_id("p", row["prompt"])} for row in rows]


def _prompt(row: Mapping[str, Any], bound: ImportedRubric | None) -> ImportedPrompt:
    messages = subjects.as_messages(row["prompt"])
    return ImportedPrompt(id=row["id"], messages=messages, rubric=bound.slug if bound else None)


def _rubric(family: str, row: Mapping[str, Any]) -> ImportedRubric | None:
    if not row["checks"]:
        return None
    names: list[str] = []
    for spec in row["checks"]:
        name, again = spec["instruction"], sum(n.split("#")[0] == spec["instruction"] for n in names)
        names.append(f"{name}#{again + 1}" if again else name)
    document = {
        "title": f"{TITLES[family]} {row['id']}"[:200],
        "scope": {"kind": "prompt", "dataset": family, "prompt_id": row["id"]},
        "criteria": [
            {"id": name, "text": instructions.sentence(family, spec["instruction"], spec["kwargs"]), "kind": "check",
             "check": spec, "evidence": "none"}
            for name, spec in zip(names, row["checks"], strict=True)
        ],
    }  # fmt: skip
    return ImportedRubric(rubric.parse(document), slug_of(f"{family}-{row['id']}", family))


def _answer(row: Mapping[str, Any]) -> ImportedResponse:
    model = str(row["model"] or "")[:160]
    name = str(row["answer_id"] or made_id("r", row["id"], row["response"], model))
    return ImportedResponse(name, row["id"], subjects.as_parts(row["response"]), model=model)


def _notes(family: str, rows: list[dict[str, Any]]) -> Iterator[Note]:
    for n, row in enumerate(rows):
        for name in row["unknown"]:
            yield Note("warning", f"/{n}", f"{TITLES[family]} has no instruction {name[:100]!r} here; it was left out.")
    judged = sum(row["judged"] for row in rows)
    if judged:
        yield Note("info", "", f"The verdicts of {judged} records were left out: the same rules are computed here.")
