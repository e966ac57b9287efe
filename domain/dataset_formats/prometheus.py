"""Prometheus as data: prompts, answers, references, and the scores of a model as repeated labels.

Many prompts share the text of a rubric; here each gets a rubric of its own, bound to it, as a run over the data needs.
Verdicts know no scope, so equal criteria still share theirs.
"""

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
from domain.formats.models import ImportedRubric
from domain.formats.prometheus import Record
from domain.rubric import PromptScope

RATER = "gpt-4"


def read(data: bytes) -> ImportedDataset:
    """Prompts bound to their rubrics, answers and labels."""
    records = prometheus.records(data)
    _refuse_repeats(records)
    texts = {item.slug: item for item in prometheus.rubrics_of(records)}
    criteria = {slug: item.rubric.criteria[0].id for slug, item in texts.items()}
    prompts = {_prompt_id(record): _prompt(record) for record in records}
    return ImportedDataset(
        prompts=tuple(prompts.values()),
        responses=tuple(_response(record) for record in records),
        labels=tuple(label for record in records for label in _labels(record, criteria)),
        rubrics=tuple(
            _bound(texts[prometheus.slug_for(record.rubric)], _prompt(record))
            for record in {_prompt_id(record): record for record in records}.values()
        ),
    )


def _bound(item: ImportedRubric, prompt: ImportedPrompt) -> ImportedRubric:
    scope = PromptScope(kind="prompt", dataset="prometheus", prompt_id=prompt.id)
    return ImportedRubric(item.rubric.model_copy(update={"scope": scope}), prompt.rubric or item.slug, prompt)


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


def _slug(record: Record) -> str:
    return f"{prometheus.slug_for(record.rubric)}-{_prompt_id(record).removeprefix('p_')[:8]}"


def _prompt(record: Record) -> ImportedPrompt:
    return ImportedPrompt(
        id=_prompt_id(record),
        messages=subjects.as_messages(record.instruction),
        reference=record.reference,
        tags={"category": record.category} if record.category else {},
        rubric=_slug(record),
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
            rubric=_slug(record),
            criterion_id=criteria[slug],
            repeat=n,
        )
        for n, score in enumerate(record.scores)
    ]
