"""Tables of outside scores: read whole or refused, never changed, stored once by digest."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from django.db import transaction

from apps.accounts.permissions import Actor, Role
from apps.datasets.models import ScoreRow, ScoreTable
from apps.datasets.services import uploads
from apps.history import services as history
from domain import dataset_formats, errors

FIELDS = ("prompt_id", "response_id", "scorer")
MOST_TEXT = 200
MOST_PROBLEMS = 20
Line = tuple[str, str, str, float | None, bool | None]


@transaction.atomic
def add_score_table(*, by: Actor, data: bytes, name: str = "", source: str = "") -> tuple[ScoreTable, bool]:
    """Store rows {prompt_id, response_id, scorer, score, correct?}; says whether the table is new.

    `score: null` is an answer that the scorer did not score. The same rows are the same table, in whatever order.
    """
    by.require(Role.AUTHOR, "add scores")
    by.require_scope("data:write")
    uploads.check_size(data)
    for title, text, most in (("name", name, 200), ("source", source, 300)):
        if len(text) > most or "\x00" in text:
            problem = errors.Problem(f"/{title}", f"has at most {most} characters")
            raise errors.Invalid(f"The {title} is too long.", problems=[problem], code="score_table_invalid")
    lines = _lines(dataset_formats.rows(data))
    digest = f"sha256:{hashlib.sha256(rfc8785.dumps([list(line) for line in lines])).hexdigest()}"
    known = ScoreTable.objects.filter(workspace=by.workspace, digest=digest).first()
    if known is not None:
        return known, False
    table = ScoreTable.objects.create(
        workspace=by.workspace, name=name.strip() or f"Scores of {lines[0][0]}"[:200], digest=digest, source=source,
        created_by=by.user,
    )  # fmt: skip
    ScoreRow.objects.bulk_create(
        [
            ScoreRow(table=table, scorer=scorer, prompt_id=prompt, response_id=response, score=score, correct=correct)
            for scorer, prompt, response, score, correct in lines
        ],
        batch_size=5000,
    )
    history.record(
        by=by, workspace=by.workspace, action="score_table.added", target=table,
        detail={"rows": len(lines), "digest": digest},
    )  # fmt: skip
    return table, True


def _lines(rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """All rows by scorer, prompt and response; Invalid names the first of those that do not do."""
    problems: list[errors.Problem] = []
    found: dict[tuple[str, str, str], Line] = {}
    for place, row in enumerate(rows):
        fault, line = _line(row)
        if line is not None and line[:3] in found:
            fault = "scores an answer that the scorer scored in an earlier row"
        if fault or line is None:
            problems.append(errors.Problem(f"/{place}", fault))
            if len(problems) >= MOST_PROBLEMS:
                break
            continue
        found[line[:3]] = line
    if problems:
        first = problems[0]
        raise errors.Invalid(
            f"Row {int(first.pointer[1:]) + 1} {first.message}.", problems=problems, code="score_table_invalid"
        )
    if not found:
        raise errors.Invalid("The table has no rows.", code="score_table_empty")
    return [found[key] for key in sorted(found)]


def _line(row: Mapping[str, Any]) -> tuple[str, Line | None]:
    texts = []
    for name in FIELDS:
        value = row.get(name)
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if not text or len(text) > MOST_TEXT or "\x00" in text:
            return f"needs {name}, a text of up to {MOST_TEXT} characters", None
        texts.append(text)
    score, correct = row.get("score"), row.get("correct")
    try:
        number = None if score in (None, "") or isinstance(score, bool) else float(score)
    except (TypeError, ValueError, OverflowError):
        return "needs score, a number or null", None
    if isinstance(score, bool) or (number is not None and not math.isfinite(number)):
        return "needs score, a finite number or null", None
    truth = {"true": True, "1": True, "false": False, "0": False, "": None, "none": None}.get(
        "" if correct is None else str(correct).strip().lower(), ...
    )
    if truth is ...:
        return "has a value of correct that is neither true nor false", None
    prompt, response, scorer = texts
    return "", (scorer, prompt, response, number, truth)
