"""Prometheus as data: prompts, answers, references, and the scores of a model as repeated labels."""

from __future__ import annotations

from domain import errors, reading, subjects
from domain.dataset_formats.models import (
    ImportedDataset,
    ImportedLabel,
    ImportedPrompt,
    ImportedResponse,
    made_id,
)
from domain.formats import prometheus
from domain.formats.prometheus import Record

RATER = "gpt-4"


def read(data: bytes) -> ImportedDataset:
    """Prompts bound to their rubrics, answers and labels."""
    records = prometheus.records(data)
    _refuse_repeats(records)
    rubrics = prometheus.rubrics_of(records)
    criteria = {item.slug: item.rubric.criteria[0].id for item in rubrics}
    prompts = {_prompt_id(record): _prompt(record) for record in records}
    return ImportedDataset(
        prompts=tuple(prompts.values()),
        responses=tuple(_response(record) for record in records),
        labels=tuple(label for record in records for label in _labels(record, criteria)),
        rubrics=tuple(rubrics),
    )


def _refuse_repeats(records: list[Record]) -> None:
    seen: set[str] = set()
    problems = []
    for n, record in enumerate(records):
        if record.id in seen:
            problems.append(errors.Problem(f"/{n}/id", f"The id {record.id!r} is used twice."))
        seen.add(record.id)
    if problems:
        raise reading.invalid(problems)


def _prompt_id(record: Record) -> str:
    return made_id("p", record.instruction, record.reference or "", record.rubric)


def _prompt(record: Record) -> ImportedPrompt:
    return ImportedPrompt(
        id=_prompt_id(record),
        messages=subjects.as_messages(record.instruction),
        reference=record.reference,
        tags={"category": record.category} if record.category else {},
        rubric=prometheus.slug_for(record.rubric),
    )


def _response(record: Record) -> ImportedResponse:
    return ImportedResponse(record.id, _prompt_id(record), subjects.as_parts(record.response), model=record.model)


def _labels(record: Record, criteria: dict[str, str]) -> list[ImportedLabel]:
    slug = prometheus.slug_for(record.rubric)
    return [
        ImportedLabel(
            response_id=record.id,
            rater=RATER,
            value=(score - 1) / 4,
            rater_kind="model",
            rubric=slug,
            criterion_id=criteria[slug],
            repeat=n,
        )
        for n, score in enumerate(record.scores)
    ]
