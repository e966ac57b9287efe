"""PandaLM's test set (Wang et al., arXiv:2306.05087): pairs of responses, three annotators, and the verdicts of judges.

A label is 0 for a tie, 1 or 2 for the better response. The packed records carry the verdicts of GPT-3.5 and PandaLM-7B
on the order in which the responses stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import (
    ImportedDataset,
    ImportedPreference,
    ImportedPrompt,
    ImportedResponse,
    ImportedVerdict,
)

RUBRIC = recorded.one_question("pandalm", "PandaLM", "The response answers the instruction better.")
ANNOTATORS = ("annotator1", "annotator2", "annotator3")
JUDGES = {"gpt35_verdict": "gpt-3.5-turbo", "pandalm7b_verdict": "pandalm-7b"}
DEGREES = {0: 0.5, 1: 1.0, 2: 0.0}


def read(data: bytes) -> ImportedDataset:
    """Instructions with two responses, each annotator's preference, and the judges' verdicts."""
    rows = recorded.each(data, _row)
    recorded.once(row["id"] for row in rows)
    verdicts = tuple(verdict for row in rows for verdict in _verdicts(row))
    return ImportedDataset(
        prompts=tuple(_prompt(row) for row in rows),
        responses=tuple(response for row in rows for response in _responses(row)),
        preferences=tuple(preference for row in rows for preference in _preferences(row)),
        rubrics=(RUBRIC,) if verdicts else (),
        verdicts=verdicts,
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    name = record.get("id", record.get("idx"))
    if isinstance(name, bool) or not isinstance(name, int | str) or not str(name).strip():
        raise errors.Invalid("The record has no `id` and no `idx`.")
    words = {field: recorded.text(record, field, least=0) for field in ("instruction", "response1", "response2")}
    models = str(record.get("cmp_key") or "").split("_")
    return {
        **words,
        "id": str(name),
        "input": str(record.get("input") or ""),
        "application": str(record.get("motivation_app") or ""),
        "models": models if len(models) == 2 else ["", ""],
        "labels": {field: _label(record, field) for field in ANNOTATORS if record.get(field) is not None},
        "verdicts": {field: _label(record, field) for field in JUDGES if field in record},
    }


def _label(record: Mapping[str, Any], field: str) -> int | None:
    said = record.get(field)
    if said is not None and (isinstance(said, bool) or not isinstance(said, int) or said not in DEGREES):
        raise errors.Invalid(f"`{field}` must be 0 (tie), 1 or 2.")
    return said


def _prompt(row: Mapping[str, Any]) -> ImportedPrompt:
    text = f"{row['instruction']}\n\n{row['input']}" if row["input"] else row["instruction"]
    tags = {"application": row["application"]} if row["application"] else {}
    return ImportedPrompt(id=row["id"], messages=subjects.as_messages(text), tags=tags)


def _responses(row: Mapping[str, Any]) -> Iterator[ImportedResponse]:
    for place in (1, 2):
        parts = subjects.as_parts(row[f"response{place}"])
        yield ImportedResponse(f"{row['id']}/{place}", row["id"], parts, model=row["models"][place - 1])


def _preferences(row: Mapping[str, Any]) -> Iterator[ImportedPreference]:
    for field, said in row["labels"].items():
        better = 2 if said == 2 else 1
        yield ImportedPreference(
            row["id"], f"{row['id']}/{better}", f"{row['id']}/{3 - better}",
            rater=f"PandaLM annotator {field[-1]}", strength=0 if said == 0 else None,
        )  # fmt: skip


def _verdicts(row: Mapping[str, Any]) -> Iterator[ImportedVerdict]:
    for field, said in row["verdicts"].items():
        yield ImportedVerdict(
            judge=JUDGES[field],
            prompt_id=row["id"],
            responses=(f"{row['id']}/1", f"{row['id']}/2"),
            value=None if said is None else DEGREES[said],
            rubric=RUBRIC.slug,
            criterion_id=recorded.CRITERION,
        )
