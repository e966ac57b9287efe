"""HelpSteer2 (2406.08673, 2410.01257): answers rated from 0 to 4 on five attributes, and preferences with a strength.

Read are records of ratings (`response`) and of preferences (`response_1`, `response_2`, `preference_strength` from −3
to 3, below 0 where the first is better, 0 a tie); both may stand in one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import (
    ImportedDataset,
    ImportedLabel,
    ImportedPreference,
    ImportedPrompt,
    ImportedResponse,
    made_id,
)

ATTRIBUTES = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
RATER = "HelpSteer2"
BEST, STRONGEST = 4, 3


def read(data: bytes) -> ImportedDataset:
    """Prompts, answers, labels by attribute and preferences; ids are made of the texts, as the source has none."""
    rows = recorded.each(data, _row)
    prompts = {row["prompt"]: row for row in rows}
    answers = {(row["prompt"], words): row for row in rows for words in row["answers"]}
    return ImportedDataset(
        prompts=tuple(ImportedPrompt(_prompt_id(words), subjects.as_messages(words)) for words in prompts),
        responses=tuple(
            ImportedResponse(_answer_id(*key), _prompt_id(key[0]), subjects.as_parts(key[1])) for key in answers
        ),
        labels=tuple(label for row in rows for label in _labels(row)),
        preferences=tuple(preference for row in rows for preference in _preferences(row)),
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"prompt": recorded.text(record, "prompt"), "ratings": {}, "strength": None}
    if "response" in record:
        ratings = {name: recorded.number(record[name], f"`{name}`") for name in ATTRIBUTES if name in record}
        if not ratings:
            raise errors.Invalid(f"The record rates none of {', '.join(ATTRIBUTES)}.")
        degrees = {name: recorded.of_scale(said, 0, BEST) for name, said in ratings.items() if said is not None}
        return row | {"answers": [recorded.text(record, "response", least=0)], "ratings": degrees}
    strength = record.get("preference_strength")
    if isinstance(strength, bool) or not isinstance(strength, int) or abs(strength) > STRONGEST:
        raise errors.Invalid("`preference_strength` must be a whole number from -3 to 3.")
    row["answers"] = [recorded.text(record, f"response_{place}", least=0) for place in (1, 2)]
    return row | {"strength": strength}


def _prompt_id(words: str) -> str:
    return made_id("p", words)


def _answer_id(prompt: str, words: str) -> str:
    return made_id("r", prompt, words)


def _labels(row: Mapping[str, Any]) -> Iterator[ImportedLabel]:
    for name, value in row["ratings"].items():
        yield ImportedLabel(_answer_id(row["prompt"], row["answers"][0]), RATER, value, criterion_id=name)


def _preferences(row: Mapping[str, Any]) -> Iterator[ImportedPreference]:
    if row["strength"] is None or row["answers"][0] == row["answers"][1]:
        return
    better = 1 if row["strength"] > 0 else 0
    chosen, rejected = row["answers"][better], row["answers"][1 - better]
    yield ImportedPreference(
        _prompt_id(row["prompt"]), _answer_id(row["prompt"], chosen), _answer_id(row["prompt"], rejected),
        rater=RATER, strength=float(abs(row["strength"])),
    )  # fmt: skip
