"""MQM (Freitag et al., 2021): translations with the errors that professional translators marked.

The label of a segment is its score: minus the points of its errors (5 major, 1 minor, 0.1 minor punctuation, 25 for a
non-translation), in points, as a segment has no worst. Read are packed records of one rater (`rater`, `errors`) or
several (`raters`), and the published tables, one line an error.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain import errors, reading, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import ImportedDataset, ImportedLabel, ImportedPrompt, ImportedResponse
from domain.formats import mqm

CRITERION = "mqm"
MOST_LINES = 500_000
NO_ERROR = frozenset({"no-error", "no_error", "neutral", ""})
_MARKS = re.compile(r"</?v>")


def read(data: bytes) -> ImportedDataset:
    """Source segments as prompts, translations as responses, each rater's errors as one label."""
    head = data.split(b"\n", 1)[0].lower().split(b"\t")
    rows = _table(data) if {b"category", b"severity"} <= {cell.strip() for cell in head} else recorded.each(data, _row)
    recorded.once(row["id"] for row in rows)
    prompts = {row["prompt"]: row for row in rows}
    return ImportedDataset(
        prompts=tuple(_prompt(row) for row in prompts.values()),
        responses=tuple(
            ImportedResponse(row["id"], row["prompt"], subjects.as_parts(row["target"]), model=row["system"])
            for row in rows
        ),
        labels=tuple(label for row in rows for label in _labels(row)),
    )


def points(found: Iterable[Mapping[str, Any]]) -> float:
    """The points that errors cost together."""
    return round(
        sum(
            mqm.published_weight(one["category"], one["severity"])
            for one in found
            if one["severity"].lower() not in NO_ERROR and one["category"].lower() not in NO_ERROR
        ),
        6,
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    name, system, doc = (recorded.text(record, field) for field in ("id", "system", "doc"))
    segment = record.get("seg_id")
    if isinstance(segment, bool) or not isinstance(segment, int | str):
        raise errors.Invalid("The record has no `seg_id`.")
    raters = record.get("raters") if "raters" in record else {record.get("rater"): record.get("errors")}
    if not isinstance(raters, dict) or not all(isinstance(key, str) and 1 <= len(key) <= 80 for key in raters):
        raise errors.Invalid("The record needs `rater` with `errors`, or `raters` with a list of errors for each.")
    return {
        "id": name,
        "prompt": f"{doc}:{segment}",
        "system": system,
        "language": str(record.get("language_pair") or ""),
        "source": recorded.text(record, "source", least=0),
        "target": recorded.text(record, "target", least=0),
        "raters": {rater: [_error(one) for one in _listed(found)] for rater, found in raters.items()},
    }


def _listed(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise errors.Invalid("The errors of a rater must be a list.")
    return found


def _error(one: Any) -> dict[str, str]:
    names = ("category", "severity")
    if not isinstance(one, dict) or not all(isinstance(one.get(name), str) for name in names):
        raise errors.Invalid("An error needs a `category` and a `severity`.")
    return {"category": one["category"], "severity": one["severity"], "span": str(one.get("span") or "")}


def _prompt(row: Mapping[str, Any]) -> ImportedPrompt:
    tags = {"language_pair": row["language"]} if row["language"] else {}
    messages = subjects.as_messages(f"Translate.\n\n{row['source']}")
    return ImportedPrompt(id=row["prompt"], messages=messages, tags=tags)


def _labels(row: Mapping[str, Any]) -> Iterator[ImportedLabel]:
    for rater, found in row["raters"].items():
        yield ImportedLabel(
            row["id"], f"MQM {rater}", -points(found), criterion_id=CRITERION,
            spans=tuple(_span(one, row["target"]) for one in found), payload={"unit": "MQM points"},
        )  # fmt: skip


def _span(one: Mapping[str, str], target: str) -> dict[str, Any]:
    """An error with its place, where its words stand in the translation once."""
    said = {"category": one["category"], "severity": one["severity"], "text": one["span"]}
    if one["span"] and target.count(one["span"]) == 1:
        start = target.index(one["span"])
        return {**said, "start": start, "end": start + len(one["span"])}
    return said


def _table(data: bytes) -> list[dict[str, Any]]:
    """The lines of a published table, gathered by segment and rater."""
    csv.field_size_limit(2_000_000)
    lines = csv.reader(io.StringIO(reading.text(data), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    head = [cell.strip().lower() for cell in next(lines)]
    missing = [name for name in ("system", "doc", "seg_id", "rater", "source", "target") if name not in head]
    if missing:
        raise reading.invalid([errors.Problem("", f"The table has no column `{missing[0]}`.")])
    rows: dict[str, dict[str, Any]] = {}
    try:
        for n, cells in enumerate(lines):
            if n >= MOST_LINES:
                raise reading.invalid([errors.Problem("", f"A table may have at most {MOST_LINES} lines.")])
            if cells and len(cells) < len(head):
                message = f"This row has {len(cells)} cells for {len(head)} columns."
                raise reading.invalid([errors.Problem(f"/{n}", message)])
            if cells:
                _gather(rows, dict(zip(head, cells, strict=False)))
    except csv.Error as error:
        raise reading.invalid([errors.Problem("", f"The file is not a table: {error}.")]) from error
    return list(rows.values())


def _gather(rows: dict[str, dict[str, Any]], line: Mapping[str, str]) -> None:
    name = f"{line['system']}:{line['doc']}:{line['seg_id']}"
    row = rows.setdefault(
        name,
        {
            "id": name, "prompt": f"{line['doc']}:{line['seg_id']}", "system": line["system"], "language": "",
            "source": _MARKS.sub("", line["source"]), "target": _MARKS.sub("", line["target"]), "raters": {},
        },
    )  # fmt: skip
    found = row["raters"].setdefault(line["rater"], [])
    if line["severity"].strip().lower() not in NO_ERROR:
        marked = re.search(r"<v>(.*?)</v>", line["target"])
        found.append(
            {"category": line["category"], "severity": line["severity"], "span": marked.group(1) if marked else ""}
        )
