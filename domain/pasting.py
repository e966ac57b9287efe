"""Pasted lists and spreadsheet ranges → criteria, with a sentence on everything that was not understood."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_CHARACTERS = 2_000_000
MAX_NEW = 5_000
_BULLET = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>[-*+•◦▪–]|\(?\d{1,4}[.)]|\(?[a-zA-Z][.)])[ \t]+(?P<text>.*)$")
_POINTS_AFTER = re.compile(
    r"(?:^|\s+)[\[(]\s*(?P<points>[+\-−]?\d+(?:[.,]\d+)?)\s*(?:points?|pts?|p)?\s*[\])]\s*$", re.IGNORECASE
)
_POINTS_BEFORE = re.compile(
    r"^\s*[\[(]?(?P<points>[+\-−]\d+(?:[.,]\d+)?)\s*(?:points?|pts?|p)?[\])]?\s*[:;]?\s+", re.IGNORECASE
)
COLUMNS = {
    "text": {"text", "criterion", "criteria", "description", "requirement", "requirements", "rubric", "item"},
    "weight": {"weight", "points", "point", "score", "pts"},
    "tier": {"tier", "importance", "category"},
    "kind": {"kind", "type"},
    "polarity": {"polarity", "sign"},
    "group": {"group", "section", "parent"},
    "evidence": {"evidence"},
    "dimension": {"dimension", "axis", "tag", "tags"},
    "scenario": {"scenario"},
    "discipline": {"discipline"},
    "levels": {"levels", "scale"},
    "notes": {"notes", "note", "comment"},
}
WORDS = {
    "tier": {"essential", "important", "optional"},
    "kind": {"binary", "ordinal", "numeric", "nugget", "answer"},
    "polarity": {"positive", "negative"},
    "evidence": {"required", "optional", "none"},
}


@dataclass(frozen=True)
class Pasted:
    """What was understood: criteria with the path of their group, and what was left out, line by line."""

    criteria: tuple[dict[str, Any], ...]
    problems: tuple[tuple[int, str], ...] = ()
    shape: str = "list"
    columns: tuple[str, ...] = ()


@dataclass
class _Reading:
    criteria: list[dict[str, Any]] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read(text: str) -> Pasted:
    """Criteria in a pasted text: a spreadsheet range where lines hold tabs, else a list; never raises."""
    whole = _clean(text[:MAX_CHARACTERS])
    reading = _Reading()
    if len(text) > MAX_CHARACTERS:
        reading.problems.append((0, "The text is longer than two million characters; the rest was left out."))
    lines = [line for line in whole.split("\n") if line.strip()]
    table = (
        bool(lines)
        and sum("\t" in line.strip() for line in lines) * 2 >= len(lines)
        and not any(_BULLET.match(line) for line in lines[:3])
    )
    columns = _table(whole, reading) if table else _list(whole, reading)
    if len(reading.criteria) > MAX_NEW:
        reading.problems.append((0, f"Only the first {MAX_NEW} criteria were read."))
        del reading.criteria[MAX_NEW:]
    return Pasted(tuple(reading.criteria), tuple(reading.problems), "table" if table else "list", columns)


def number_of(text: str) -> float | None:
    """A finite number as people type it, with a comma or a real minus sign too."""
    try:
        value = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= 1e6 else None


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def _list(text: str, reading: _Reading) -> tuple[str, ...]:
    lines = list(_list_lines(text))
    stack: list[tuple[int, str]] = []
    for at, (number, indent, said) in enumerate(lines):
        while stack and stack[-1][0] >= indent:
            stack.pop()
        if at + 1 < len(lines) and lines[at + 1][1] > indent:
            stack.append((indent, said.rstrip(":")[:500]))
            continue
        values, rest = _points(said)
        if rest:
            reading.criteria.append({"text": rest[:20_000], **values, "path": tuple(name for _, name in stack[-30:])})
        else:
            reading.problems.append((number, "The line holds no text beside its points."))
    return ()


def _list_lines(text: str) -> Iterator[tuple[int, int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        found = _BULLET.match(line)
        body = found["text"].strip() if found else line.strip()
        indent = len(line) - len(line.lstrip(" \t"))
        if found:
            indent = len(found["indent"].expandtabs(4))
        if body:
            yield number, indent, body


def _points(text: str) -> tuple[dict[str, Any], str]:
    for pattern in (_POINTS_AFTER, _POINTS_BEFORE):
        found = pattern.search(text)
        value = number_of(found["points"]) if found else None
        if found and value is not None:
            return _signed(value), (text[: found.start()] + text[found.end() :]).strip()
    return {}, text.strip()


def _signed(value: float) -> dict[str, Any]:
    return {"weight": abs(value), "polarity": "negative" if value < 0 else "positive"}


def _table(text: str, reading: _Reading) -> tuple[str, ...]:
    rows = list(csv.reader(io.StringIO(text), delimiter="\t")) if _quoted(text) else _plain(text)
    names = _header(rows[0]) if rows else ()
    first = 1 if "text" in names else 0
    columns = names if first else _guessed(rows)
    for number, row in enumerate(rows[first:], first + 1):
        if any(cell.strip() for cell in row):
            _row(number, row, columns, reading)
    for place, name in enumerate(columns):
        if first and not name and rows[0][place].strip():
            reading.problems.append((1, f"The column “{rows[0][place].strip()[:80]}” was not understood."))
    return columns


def _quoted(text: str) -> bool:
    return text.count('"') % 2 == 0 and re.search(r'(^|\t|\n)"', text) is not None


def _plain(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.split("\n")]


def _header(row: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    for cell in row:
        word = cell.strip().casefold()
        name = next((key for key, words in COLUMNS.items() if word in words), "")
        names.append("" if name in names else name)
    return tuple(names)


def _guessed(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Columns without a header: the one with the longest texts, one of numbers, and those of known words."""
    width = max((len(row) for row in rows), default=0)
    cells = [[row[n].strip() for row in rows if n < len(row) and row[n].strip()] for n in range(width)]
    sizes = [sum(map(len, column)) / len(column) if column else 0 for column in cells]
    names = [""] * width
    if width:
        names[sizes.index(max(sizes))] = "text"
    for n, column in enumerate(cells):
        if names[n] or not column:
            continue
        if "weight" not in names and all(number_of(cell) is not None for cell in column):
            names[n] = "weight"
        else:
            known = (
                key for key, words in WORDS.items() if key not in names and {c.casefold() for c in column} <= words
            )
            names[n] = next(known, "group" if "group" not in names else "")
    return tuple(names)


def _row(number: int, row: Sequence[str], columns: Sequence[str], reading: _Reading) -> None:
    said = {name: row[n].strip() for n, name in enumerate(columns) if name and n < len(row)}
    text = said.get("text", "")
    if not text:
        reading.problems.append((number, "The row has no text of a criterion."))
        return
    values: dict[str, Any] = {"text": text[:20_000], "path": ()}
    if said.get("weight"):
        points = number_of(said["weight"])
        if points is None:
            reading.problems.append((number, f"“{said['weight'][:40]}” is no number of points; the weight stays 1."))
        else:
            values |= _signed(points)
    for name, words in WORDS.items():
        word = said.get(name, "").casefold()
        if word in words:
            values[name] = word
        elif word:
            reading.problems.append((number, f"“{said[name][:40]}” is no {name}; it was left out."))
    if said.get("group"):
        values["path"] = tuple(part.strip()[:500] for part in said["group"].split(" > ") if part.strip())[:30]
    tags = {axis: said[axis][:500] for axis in ("dimension", "scenario", "discipline") if said.get(axis)}
    values |= {"tags": tags} if tags else {}
    values |= {"notes": said["notes"][:20_000]} if said.get("notes") else {}
    _levels(number, said.get("levels", ""), values, reading)
    reading.criteria.append(values)


def _levels(number: int, text: str, values: dict[str, Any], reading: _Reading) -> None:
    """Give labels written worst to best with `|` or `;` between them even values."""
    labels = list(dict.fromkeys(part.strip()[:500] for part in re.split(r"[|;]", text) if part.strip()))
    if 2 <= len(labels) <= 9:
        values["kind"] = "ordinal"
        values["levels"] = [
            {"label": label, "value": n / (len(labels) - 1), "anchor": ""} for n, label in enumerate(labels)
        ]
        return
    if text:
        reading.problems.append((number, "Levels are two to nine words with | between them, worst to best."))
    if values.get("kind") in {"ordinal", "numeric"}:
        reading.problems.append((number, f"The kind {values['kind']} needs levels; it was read as binary."))
        values["kind"] = "binary"
