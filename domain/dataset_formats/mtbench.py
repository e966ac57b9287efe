"""MT-Bench (2306.05685): pairs as LLMBar packs them, with people's majority and verdicts, or the questions alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain import errors, reading, subjects
from domain.dataset_formats import llmbar, offered, recorded
from domain.dataset_formats.models import ImportedDataset, ImportedPrompt
from domain.formats.models import Note


def read(data: bytes) -> ImportedDataset:
    """Pairs and verdicts, or the first turn of each question with its reference."""
    first = next(iter(reading.records(data)), None)
    if not (isinstance(first, dict) and "turns" in first):
        return llmbar.read(llmbar.MT_BENCH, data)
    prompts = recorded.each(data, _question)
    recorded.once(prompt.id for prompt in prompts)
    note = Note("info", "", "Only the first turn of each question is asked; the others are kept beside it.")
    return ImportedDataset(prompts=tuple(prompts), report=(note,))


def _question(record: Mapping[str, Any]) -> ImportedPrompt:
    turns = record.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(one, str) and one.strip() for one in turns):
        raise errors.Invalid("`turns` must be a list of texts.")
    references = record.get("reference")
    reference = references[0] if isinstance(references, list) and references else None
    return ImportedPrompt(
        f"mt-bench:{offered.identity(record, 'question_id', 'id')}", subjects.as_messages(turns[0]),
        reference=reference if isinstance(reference, str) else None,
        tags=offered.tags(category=offered.text(record, "category")), meta={"turns": turns},
    )  # fmt: skip
