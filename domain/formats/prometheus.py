"""Prometheus: one question with five described scores, one rubric for each distinct text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from domain import errors, reading, rubric
from domain.formats import losses
from domain.formats.models import Exported, Imported, ImportedRubric, Note, Written
from domain.rubric import Criterion, Kind, Level, Rubric

NAME = "Prometheus"
KEY = "prometheus"
SCORES = (1, 2, 3, 4, 5)
_SCORE = re.compile(r"^Score ([1-5]):[ \t]?", re.MULTILINE)
_PARTS = re.compile(
    r"###The instruction to evaluate:\n(?P<instruction>.*?)\n+"
    r"###Response to evaluate:\n(?P<response>.*?)\n+"
    r"(?:###Reference Answer \(Score 5\):\n(?P<reference>.*?)\n+)?"
    r"###Score Rubrics:\n(?P<rubric>.*?)\n+###Feedback:",
    re.DOTALL,
)


class Record(NamedTuple):
    """One record in either published shape."""

    id: str
    instruction: str
    response: str
    reference: str | None
    rubric: str
    model: str
    category: str
    scores: tuple[int, ...]


def read(data: bytes) -> Imported:
    """The distinct rubrics of a file of records."""
    return Imported(tuple(rubrics_of(records(data))))


def records(data: bytes) -> list[Record]:
    """The records of a file; raises Invalid with every record that cannot be read."""
    found: list[Record] = []
    problems: list[errors.Problem] = []
    for n, item in enumerate(reading.records(data)):
        try:
            found.append(_record(item, n))
        except errors.Invalid as error:
            problems.append(errors.Problem(f"/{n}", error.message))
    if problems:
        raise reading.invalid(problems, code="prometheus_invalid")
    return found


def rubrics_of(found: Sequence[Record]) -> list[ImportedRubric]:
    """One rubric for each distinct text, in the order of first use."""
    with_reference: dict[str, bool] = {}
    for record in found:
        with_reference[record.rubric] = with_reference.get(record.rubric, True) and record.reference is not None
    return [
        ImportedRubric(_rubric(text, has_reference), slug_for(text)) for text, has_reference in with_reference.items()
    ]


def of_text(text: str) -> ImportedRubric:
    """The rubric that a text makes for answers without a reference; raises Invalid where it has not five scores."""
    _split(text)
    return ImportedRubric(_rubric(text, has_reference=False), slug_for(text))


def slug_for(text: str) -> str:
    """The name of the rubric that a text makes."""
    return f"prometheus-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def write(rubrics: Sequence[Exported]) -> Written:
    """One line a criterion with five levels; others are left out with a note."""
    report: list[Note] = []
    lines: list[str] = []
    for n, item in enumerate(rubrics):
        pointer = f"/{n}" if len(rubrics) > 1 else ""
        report.extend(losses.of_rubric(item.rubric, pointer, NAME))
        for k, criterion in enumerate(item.rubric.criteria):
            report.extend(_losses(criterion, f"{pointer}/criteria/{k}"))
            if _fits(criterion):
                record = {"rubric": _text(item.rubric, criterion)}
                lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    if not lines:
        raise errors.Invalid(
            "No criterion of this rubric has the five levels that Prometheus needs.",
            code="not_expressible",
        )
    return Written("".join(lines).encode(), "application/x-ndjson", "jsonl", tuple(report))


def _record(item: Any, n: int) -> Record:
    if not isinstance(item, dict):
        raise errors.Invalid("A record must be an object.")
    parts = _parts(item)
    for name in ("instruction", "response", "rubric"):
        if not isinstance(parts.get(name), str):
            raise errors.Invalid(f"The record has no `{name}`.")
    _split(parts["rubric"])
    reference = parts.get("reference")
    return Record(
        id=str(item.get("id", n)),
        instruction=parts["instruction"],
        response=parts["response"],
        reference=reference if isinstance(reference, str) and reference else None,
        rubric=parts["rubric"],
        model=str(item.get("response_model", item.get("response_source", ""))),
        category=str(item.get("category", "")),
        scores=_scores(item.get("gpt4_scores", item.get("gpt4_score", []))),
    )


def _parts(item: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record, taken out of the published prompt where they stand only there."""
    instruction = item.get("instruction")
    if "rubric" not in item and isinstance(instruction, str):
        match = _PARTS.search(instruction)
        return dict(match.groupdict()) if match else {}
    return {**item, "reference": item.get("reference_answer"), "response": item.get("response", "")}


def _scores(given: Any) -> tuple[int, ...]:
    listed = given if isinstance(given, list) else [given]
    if not all(type(score) is int and score in SCORES for score in listed):
        raise errors.Invalid("A score must be a whole number from 1 to 5.")
    return tuple(listed)


class _Pieces(NamedTuple):
    question: str
    anchors: tuple[str, ...]


def _split(text: str) -> _Pieces:
    head, *pieces = _SCORE.split(text)
    numbers, bodies = pieces[::2], pieces[1::2]
    question = head.strip().removeprefix("[").removesuffix("]").strip()
    if tuple(map(int, numbers)) != SCORES or not question:
        raise errors.Invalid("The rubric is not a question with `Score 1:` to `Score 5:` below it.")
    return _Pieces(question, tuple(body.strip() for body in bodies))


def _rubric(text: str, has_reference: bool) -> Rubric:
    question, anchors = _split(text)
    return rubric.parse(
        {
            "title": question[:120],
            "criteria": [
                {
                    "text": question,
                    "kind": "ordinal",
                    "needs": ["reference"] if has_reference else [],
                    "levels": [
                        {"label": str(score), "value": (score - 1) / 4, "anchor": anchor}
                        for score, anchor in zip(SCORES, anchors, strict=True)
                    ],
                }
            ],
            "extensions": {KEY: {"text": text}},
        }
    )


def _levels(criterion: Criterion) -> tuple[Level, ...]:
    return criterion.levels if isinstance(criterion.levels, tuple) else ()


def _fits(criterion: Criterion) -> bool:
    return criterion.kind is Kind.ORDINAL and len(_levels(criterion)) == len(SCORES)


def _text(source: Rubric, criterion: Criterion) -> str:
    """The imported text as it was, unless the criterion says something else now."""
    kept = source.extensions.get(KEY)
    original = kept.get("text") if isinstance(kept, dict) else None
    anchors = tuple(_anchor(level) for level in _levels(criterion))
    if isinstance(original, str) and _same(original, _Pieces(criterion.text, anchors)):
        return original
    lines = [f"Score {score}: {anchor}" for score, anchor in zip(SCORES, anchors, strict=True)]
    return "\n".join([f"[{criterion.text}]", *lines])


def _anchor(level: Level) -> str:
    return level.anchor or level.label


def _same(original: str, pieces: _Pieces) -> bool:
    try:
        return _split(original) == pieces
    except errors.Invalid:
        return False


def _losses(criterion: Criterion, at: str) -> Iterator[Note]:
    if not _fits(criterion):
        message = f"{NAME} needs exactly five levels; this criterion is left out."
        yield Note("error", f"{at}/levels", message)
        return
    if criterion.weight != 1 or criterion.is_pitfall:
        yield Note("warning", f"{at}/weight", f"{NAME} has no weights; they are not in the file.")
    if [level.value for level in _levels(criterion)] != [(score - 1) / 4 for score in SCORES]:
        yield Note("warning", f"{at}/levels", f"{NAME} spaces its scores evenly; the values are not in the file.")
    yield from losses.of_criterion(criterion, at, NAME)
