"""Long-RewardBench (2510.06915): answers to questions about long contexts, ranked from best to worst.

A record has a question, a context, `responses` and their `ranking` (places from 1, best first), or `chosen` and
`rejected`; with a domain and the length of its context. The names of fields are ours where the paper gives none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import offered, recorded
from domain.dataset_formats.models import ImportedDataset, ImportedPreference, ImportedPrompt, ImportedResponse
from domain.dataset_formats.offered import Answer

RATER = "Long-RewardBench gold"
MOST = 26


def read(data: bytes) -> ImportedDataset:
    """Prompts with their context, answers, and every pair of a ranking as a preference."""
    rows = recorded.each(data, _row)
    recorded.once(row["prompt"].id for row in rows)
    return ImportedDataset(
        prompts=tuple(row["prompt"] for row in rows),
        responses=tuple(response for row in rows for response in _responses(row)),
        preferences=tuple(preference for row in rows for preference in _preferences(row)),
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    answers, ranking = _ranked(record)
    words = next((name for name in ("question", "query", "prompt") if record.get(name)), "question")
    context = record.get("context")
    if context is not None and not isinstance(context, str):
        raise errors.Invalid("`context` must be text.")
    said = offered.tags(
        subset=offered.text(record, "domain") or offered.text(record, "task"),
        length=offered.text(record, "length"), ranks=str(len(answers)), kind=offered.text(record, "type"),
    )  # fmt: skip
    prompt = ImportedPrompt(
        offered.identity(record), offered.prompt_of(record, words), context=context or None, tags=said
    )
    return {"prompt": prompt, "answers": answers, "ranking": ranking}


def _ranked(record: Mapping[str, Any]) -> tuple[list[Answer], list[int]]:
    """The answers as they are shown, and their places from best to worst."""
    if "responses" not in record:
        return [*offered.answers(record, "chosen"), *offered.answers(record, "rejected")], [0, 1]
    answers = offered.answers(record, "responses")
    ranking = record.get("ranking")
    if not 2 <= len(answers) <= MOST:
        raise errors.Invalid(f"`responses` must hold 2 to {MOST} answers.")
    whole = isinstance(ranking, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in ranking)
    if not whole or sorted(ranking or ()) != list(range(1, len(answers) + 1)):
        raise errors.Invalid("`ranking` must name every response once by its place from 1, the best first.")
    return answers, [one - 1 for one in ranking or ()]


def _responses(row: Mapping[str, Any]) -> Iterator[ImportedResponse]:
    for place, one in enumerate(row["answers"]):
        name = f"{row['prompt'].id}/{place + 1}"
        yield ImportedResponse(name, row["prompt"].id, subjects.as_parts(one.words), model=one.model)


def _preferences(row: Mapping[str, Any]) -> Iterator[ImportedPreference]:
    name, ranking = row["prompt"].id, row["ranking"]
    for rank, better in enumerate(ranking):
        for worse in ranking[rank + 1 :]:
            yield ImportedPreference(name, f"{name}/{better + 1}", f"{name}/{worse + 1}", rater=RATER)
