"""The truth table as rows of a form, and what comes of each row."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.rubrics import forms, queries
from apps.rubrics.pages.quality import numbered
from domain import rubric
from domain.scoring import truths

ALL_UP_TO = 8  # criteria: a longer rubric shows columns for those alone that a row names


@dataclass(frozen=True)
class Outcome:
    """What came of one row, in words, with the row as a sentence."""

    found: truths.Held
    reading: str
    said: str


def truth_columns(
    document: Mapping[str, Any], keys: Mapping[str, int | str], more: Collection[str] = ()
) -> list[forms.Column]:
    """The criteria with a column: all of a short rubric, else those that a row or a choice names; also those gone."""
    named = {name for row in rubric.raw_truth_rows(document["extensions"]) for name in row["when"]}
    numbers = numbered(dict(document))
    short = len(document["criteria"]) <= ALL_UP_TO
    texts = {item["id"]: item["text"] for item in document["criteria"]}
    there = [
        forms.Column(str(keys[name]), str(number), name, texts[name])
        for name, number in numbers.items()
        if short or name in named or str(keys[name]) in more
    ]
    gone = [
        forms.Column(
            f"gone-{hashlib.sha256(name.encode()).hexdigest()[:16]}", "gone", name, f"{name} is no longer here"
        )
        for name in sorted(named - texts.keys())
    ]
    return there + gone


def truth_table(
    document: Mapping[str, Any], columns: Sequence[forms.Column], rows: Any = None, *, opened: str = ""
) -> dict[str, Any]:
    """What the form of the truth table shows of a document; `rows` holds what was refused."""
    said = rubric.rows_of(document["extensions"])
    part = {"truth_table": rubric.raw_truth_rows(document["extensions"])}
    shown = rows or forms.TruthFormSet(
        initial=[forms.truth_initial(row, columns) for row in said], prefix="truths",
        form_kwargs=truth_choices(document, columns),
    )  # fmt: skip
    drawn, numbers = {column.id for column in columns}, numbered(dict(document))
    texts = {item["id"]: item["text"] for item in document["criteria"]}
    return {
        "truth_rows": shown,
        "truth_columns": columns,
        "truth_opened": opened,
        "truth_more": [(number, name, texts[name]) for name, number in numbers.items() if name not in drawn],
        "truth_starts": forms.STARTS,
        "truth_names": list(forms.NAMES),
        "truths_seen": queries.fingerprint(part),
        "truths_base": json.dumps(part, ensure_ascii=False),
    }


def truth_choices(document: Mapping[str, Any], columns: Sequence[forms.Column]) -> dict[str, Any]:
    """What every row of the form is made with."""
    rows = rubric.rows_of(document["extensions"])
    return {"columns": columns, "rows": [(row.id, row.title or row.id) for row in rows]}


def truth_outcomes(document: dict[str, Any]) -> list[Outcome]:
    """What comes of each row under the steps of a document, criteria by their number."""
    numbers = numbered(document)

    def name(wanted: str) -> str:
        return f"criterion {numbers[wanted]}" if wanted in numbers else f"“{wanted}”"

    return [
        Outcome(found, said, truths.outcome(found, name)) for found, said in truths.told(rubric.parse(document), name)
    ]
