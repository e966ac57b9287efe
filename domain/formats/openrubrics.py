"""OpenRubrics: a prompt with numbered criteria, each marked as a hard rule or a principle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from domain import errors, reading, rubric
from domain.formats import building, losses
from domain.formats.models import Exported, Imported, ImportedPrompt, ImportedRubric, Note, Written, slug_of
from domain.rubric import Kind, PromptScope, Role, Rubric

NAME = "OpenRubrics"
KEY = "openrubrics"
CODE = "openrubrics_invalid"
_NUMBER = re.compile(r"^[ \t]*(?:\d{1,4}[.)]|[-*•])[ \t]+", re.MULTILINE)
_MARK = re.compile(r"[\[(]\s*(hard[ _-]?rule|principle)s?\s*[\])][.;]?\s*$", re.IGNORECASE)
_MARKS = {Role.HARD_RULE: "[Hard Rule]", Role.PRINCIPLE: "[Principle]"}
_PROMPTS = ("instruction", "prompt", "question")


class _Item(NamedTuple):
    text: str
    role: Role | None


def read(data: bytes) -> Imported:
    """One rubric a record with `rubric`; or one rubric from plain numbered lines."""
    body = reading.text(data)
    if body.lstrip()[:1] not in ("{", "["):
        return Imported((_one({"rubric": body}, "", bare=True),))
    return Imported(tuple(_one(item, f"/{n}") for n, item in enumerate(reading.records(data))))


def _one(record: Any, pointer: str, *, bare: bool = False) -> ImportedRubric:
    if not isinstance(record, dict):
        raise building.refuse(pointer, "A record must be an object.", CODE)
    given, at = record.get("rubric"), pointer if bare else f"{pointer}/rubric"
    items = _items(given, at)
    if not items:
        raise building.refuse(at, "Numbered criteria are needed, each on a line of its own.", CODE)
    asked = next((record[key] for key in _PROMPTS if isinstance(record.get(key), str) and record[key].strip()), None)
    name = record.get("id", record.get("prompt_id"))
    prompt_id = str(name)[:200] if isinstance(name, str | int) and str(name).strip() else None
    prompt_id = prompt_id or (slug_of(asked, "prompt") if asked else None)
    document = {
        "title": (asked or "Hard rules and principles")[:120],
        "scope": {"kind": "prompt", "dataset": KEY, "prompt_id": prompt_id} if prompt_id else {"kind": "general"},
        "criteria": [{"text": item.text, "role": item.role} for item in items],
        "extensions": {KEY: {"rubric": given, "record": None if bare else building.without(record, ("rubric",))}},
    }
    said = building.parsed(document, code=CODE, moved=lambda place: _moved(place, at, pointer))
    slug = slug_of(f"openrubrics-{prompt_id or 'rubric'}", "openrubrics")
    if asked is None or prompt_id is None:
        return ImportedRubric(said, slug)
    messages = [{"role": "user", "content": [{"type": "text", "text": asked}]}]
    meta = building.without(record, ("rubric", *_PROMPTS))
    return ImportedRubric(said, slug, ImportedPrompt(id=prompt_id, messages=messages, rubric=slug, meta=meta))


def _moved(place: str, at: str, pointer: str) -> str:
    steps = place.split("/")
    return f"{at}/{steps[2]}" if len(steps) > 2 and steps[1] == "criteria" else pointer


def _items(given: Any, at: str) -> list[_Item]:
    if isinstance(given, str):
        return [_marked(piece) for piece in _pieces(given)]
    if not isinstance(given, list):
        raise building.refuse(at, "The criteria must be a text or a list of texts.", CODE)
    problems = [
        errors.Problem(f"{at}/{n}", "A criterion must be text.") for n, i in enumerate(given) if not isinstance(i, str)
    ]
    if problems:
        raise reading.invalid(problems, code=CODE)
    return [_marked(item) for item in given]


def _pieces(text: str) -> list[str]:
    """The numbered pieces of a text; one line each where nothing is numbered."""
    if _NUMBER.search(text):
        return [piece.strip() for piece in _NUMBER.split(text)[1:] if piece.strip()]
    return [line.strip() for line in text.split("\n") if line.strip()]


def _marked(piece: str) -> _Item:
    match = _MARK.search(piece)
    text = (piece[: match.start()] if match else piece).strip()
    if match is None:
        return _Item(text, None)
    return _Item(text, Role.PRINCIPLE if match.group(1).lower().startswith("p") else Role.HARD_RULE)


def write(rubrics: Sequence[Exported]) -> Written:
    """One record a line, with the text as it was where nothing was changed."""
    report: list[Note] = []
    lines: list[str] = []
    for n, item in enumerate(rubrics):
        report.extend(_losses(item.rubric, f"/{n}" if len(rubrics) > 1 else ""))
        lines.append(json.dumps(_record(item.rubric), ensure_ascii=False, allow_nan=False) + "\n")
    return Written("".join(lines).encode(), "application/x-ndjson", "jsonl", tuple(report))


def _record(source: Rubric) -> dict[str, Any]:
    kept = building.kept(source, KEY)
    wanted = [_Item(c.text, c.role) for c in source.criteria if _fits(c)]
    if source.criteria and not wanted:
        raise errors.Invalid(f"No criterion of this rubric can be written for {NAME}.", code="not_expressible")
    given = kept.get("rubric")
    if not _same(given, wanted):
        given = [_line(item) for item in wanted] if isinstance(given, list) else "\n".join(
            f"{n}. {_line(item)}" for n, item in enumerate(wanted, 1)
        )  # fmt: skip
    record = kept.get("record")
    return {**(record if isinstance(record, dict) else _fresh(source)), "rubric": given}


def _same(given: Any, wanted: Sequence[_Item]) -> bool:
    try:
        return _items(given, "") == wanted
    except errors.Invalid:
        return False


def _line(item: _Item) -> str:
    return f"{item.text} {_MARKS[item.role]}" if item.role else item.text


def _fresh(source: Rubric) -> dict[str, Any]:
    return {"instruction": source.title} if isinstance(source.scope, PromptScope) else {}


def _fits(criterion: rubric.Criterion) -> bool:
    return criterion.kind is Kind.BINARY and not criterion.is_pitfall


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    yield from losses.of_rubric(source, pointer, NAME)
    for n, criterion in enumerate(source.criteria):
        at = f"{pointer}/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, {Kind.BINARY})
        if criterion.is_pitfall:
            yield Note("error", f"{at}/polarity", f"{NAME} has no pitfalls; this criterion is left out.")
        elif criterion.weight != 1:
            yield Note("warning", f"{at}/weight", f"{NAME} has no weights; they are not in the file.")
        if criterion.role is None:
            yield Note("info", f"{at}/role", "Neither a hard rule nor a principle; the line carries no mark.")
        yield from losses.of_criterion(criterion.model_copy(update={"role": None}), at, NAME)
        yield from losses.of_frame(criterion, at, NAME)
