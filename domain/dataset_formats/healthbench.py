"""HealthBench as data: prompts with their rubrics, and the ideal completion as an answer where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain import errors, reading, subjects
from domain.dataset_formats.models import ImportedDataset, ImportedResponse
from domain.formats import healthbench
from domain.formats.models import ImportedPrompt, Note


def read(data: bytes) -> ImportedDataset:
    """Prompts, rubrics bound to them, and answers."""
    found = healthbench.read(data).rubrics
    prompts = [item.prompt for item in found if item.prompt is not None]
    _refuse_repeats(prompts)
    responses = [response for prompt in prompts for response in _responses(prompt)]
    answered = {response.prompt_id for response in responses}
    without = len(prompts) - len(answered)
    notes = (Note("info", "", f"{without} of {len(prompts)} prompts come without an answer."),)
    return ImportedDataset(
        prompts=tuple(prompts),
        responses=tuple(responses),
        rubrics=found,
        report=notes if without else (),
    )


def _refuse_repeats(prompts: list[ImportedPrompt]) -> None:
    seen: set[str] = set()
    problems = []
    for n, prompt in enumerate(prompts):
        if prompt.id in seen:
            problems.append(errors.Problem(f"/{n}/prompt_id", f"The id {prompt.id!r} is used twice."))
        seen.add(prompt.id)
    if problems:
        raise reading.invalid(problems)


def _responses(prompt: ImportedPrompt) -> Iterator[ImportedResponse]:
    data = prompt.meta.get("ideal_completions_data")
    if not isinstance(data, dict):
        return
    yield from _answer(prompt.id, "ideal", data.get("ideal_completion"))
    others = data.get("ideal_completions_ref_completions")
    for n, text in enumerate(others if isinstance(others, list) else []):
        yield from _answer(prompt.id, f"reference-{n}", text)


def _answer(prompt_id: str, name: str, text: Any) -> Iterator[ImportedResponse]:
    if isinstance(text, str) and text.strip():
        parts = subjects.as_parts(text)
        yield ImportedResponse(f"{prompt_id}:{name}", prompt_id, parts, model=f"healthbench-{name}")
