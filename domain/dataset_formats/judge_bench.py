"""JUDGE-BENCH (Bavaresco et al., arXiv:2406.18403): texts with the ratings of several people on several criteria.

Two shapes are read: the published object with `annotations` and `instances`, and one record a text with `labels`. The
raters have no ids in either: their places in the list are taken as raters, which agreement coefficients without raters
of their own (alpha, Fleiss, AC1) do not mind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain import errors, reading, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import ImportedDataset, ImportedLabel, ImportedPrompt, ImportedResponse
from domain.formats.models import Note

RATER = "position {}"
ASKED = "This text was judged as it stands; what asked for it is not in the file."
WORDS = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
MOST_RATINGS = 10_000


class Scale(NamedTuple):
    """The ends of a graded scale, or the words of a choice from worst to best."""

    worst: float
    best: float


class _Text(NamedTuple):
    id: str
    text: str
    labels: dict[str, list[float | None]]
    unit: bool


def read(data: bytes) -> ImportedDataset:
    """Texts as responses, each rating as a label of the rater at its place."""
    texts = recorded.each(data, _packed) if not _published(data) else _whole(data)
    recorded.once(text.id for text in texts)
    own = sum(text.unit for text in texts)
    note = Note(
        "info", "", f"Ratings of {own} texts keep the source's own unit, as the file names no ends of its scale."
    )
    return ImportedDataset(
        prompts=tuple(ImportedPrompt(id=text.id, messages=subjects.as_messages(ASKED)) for text in texts),
        responses=tuple(ImportedResponse(text.id, text.id, subjects.as_parts(text.text)) for text in texts),
        labels=tuple(label for text in texts for label in _labels(text)),
        report=(note,) if own else (),
    )


def _published(data: bytes) -> bool:
    return data.lstrip()[:1] == b"{" and b'"instances"' in data[:200_000] and len(reading.records(data)) == 1


def _whole(data: bytes) -> list[_Text]:
    (found,) = reading.records(data)
    annotations, instances = found.get("annotations"), found.get("instances")
    if not isinstance(annotations, list) or not isinstance(instances, list):
        raise reading.invalid([errors.Problem("", "Lists of `annotations` and `instances` are needed.")])
    scales: dict[str, Scale | None] = {}
    for n, about in enumerate(annotations):
        if not isinstance(about, dict) or not isinstance(about.get("metric"), str):
            raise reading.invalid([errors.Problem(f"/annotations/{n}", "An annotation needs a `metric`.")])
        scales[about["metric"]] = _scale(about)
    texts, problems = [], []
    for n, instance in enumerate(instances):
        try:
            texts.append(_instance(instance, scales))
        except errors.Invalid as error:
            problems.append(errors.Problem(f"/instances/{n}", error.message))
    if problems:
        raise reading.invalid(problems)
    return texts


def _scale(about: Mapping[str, Any]) -> Scale | None:
    ends = [about.get("worst"), about.get("best")]
    numbers = [recorded.number(end, "The end of a scale") if not isinstance(end, str) else None for end in ends]
    if numbers[0] is None or numbers[1] is None or numbers[0] == numbers[1]:
        return None
    return Scale(numbers[0], numbers[1])


def _instance(instance: Any, scales: Mapping[str, Scale | None]) -> _Text:
    if not isinstance(instance, dict) or not isinstance(instance.get("annotations"), dict):
        raise errors.Invalid("An instance must be an object with `annotations`.")
    labels: dict[str, list[float | None]] = {}
    unit = False
    for name, said in instance["annotations"].items():
        scores = said.get("individual_human_scores") if isinstance(said, dict) else None
        given = _ratings(name, scores if scores is not None else [])
        scale = scales.get(name)
        unit |= scale is None and any(value not in (None, 0.0, 1.0) for value in given)
        labels[name] = [None if value is None else _degree(value, scale) for value in given]
    return _Text(_id(instance), recorded.text(instance, "instance"), labels, unit)


def _packed(record: Mapping[str, Any]) -> _Text:
    labels = record.get("labels")
    if not isinstance(labels, dict) or not labels:
        raise errors.Invalid("The record needs `labels`: for each criterion a rating or a list of ratings.")
    found = {name: _ratings(name, said if isinstance(said, list) else [said]) for name, said in labels.items()}
    unit = any(value not in (None, 0.0, 1.0) for given in found.values() for value in given)
    return _Text(_id(record), recorded.text(record, "text"), found, unit)


def _id(record: Mapping[str, Any]) -> str:
    value = record.get("id")
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise errors.Invalid("The record has no `id`.")
    return str(value)


def _ratings(name: str, said: Any) -> list[float | None]:
    if not isinstance(said, Sequence) or isinstance(said, str) or len(said) > MOST_RATINGS:
        raise errors.Invalid(f"The ratings of “{name}” must be a list.")
    if not 1 <= len(name.strip()) <= 80:
        raise errors.Invalid("The name of a criterion has 1 to 80 characters.")
    return [_rating(name, value) for value in said]


def _rating(name: str, value: Any) -> float | None:
    if isinstance(value, str) and value.strip().lower() in WORDS:
        return WORDS[value.strip().lower()]
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    return recorded.number(value, f"“{name}”")


def _degree(value: float, scale: Scale | None) -> float:
    if scale is None:
        return value
    low, high = sorted(scale)
    degree = recorded.of_scale(value, low, high)
    return degree if scale.best > scale.worst else 1 - degree


def _labels(text: _Text) -> Iterator[ImportedLabel]:
    for criterion, given in text.labels.items():
        for n, value in enumerate(given):
            yield ImportedLabel(text.id, RATER.format(n + 1), value, rater_kind="crowd", criterion_id=criterion.strip())
