"""WildBench (2406.04770): what judges gave to the answers of models, from 1 to 10.

Read are records with `scores` by model and judge, and the published records of one judge (`model_test`, `score`),
which name the judge only in `judge` where somebody added it. Neither has the prompts: those are parts `elsewhere`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import offered, recorded
from domain.dataset_formats.models import ImportedDataset, ImportedResponse, ImportedVerdict
from domain.formats.models import ImportedPrompt, Note

RUBRIC = recorded.one_question("wildbench", "WildBench", "The answer serves the user well.")
WORST, BEST = 1, 10
UNNAMED = "judge of the file"


def read(data: bytes) -> ImportedDataset:
    """Sessions, answers without or with their text, and the scores of judges."""
    rows = [row for held in recorded.each(data, lambda record: list(_rows(record))) for row in held]
    recorded.once(f"{row['session']}/{row['model']}/{row['judge']}" for row in rows)
    answers = {row["answer"]: row for row in rows}
    note = Note("info", "", "WildBench's files name its prompts and do not hold them.")
    return ImportedDataset(
        prompts=tuple(_prompt(name) for name in dict.fromkeys(row["session"] for row in rows)),
        responses=tuple(map(_response, answers.values())),
        rubrics=(RUBRIC,) if rows else (),
        verdicts=tuple(map(_verdict, rows)),
        report=(note,) if rows else (),
    )


def _rows(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    session = offered.identity(record, "session_id", "id")
    if "scores" not in record:
        model, said = recorded.text(record, "model_test"), record.get("score")
        text = record.get("model_output")
        judge = offered.text(record, "judge") or UNNAMED
        yield _cell(session, model, judge, said) | {"text": text if isinstance(text, str) else None}
        return
    for model, by_judge in recorded.table(record, "scores").items():
        if not isinstance(by_judge, dict):
            raise errors.Invalid("`scores` must be an object of models, each with its judges.")
        for judge, said in by_judge.items():
            yield _cell(session, model, judge, said)


def _cell(session: str, model: str, judge: str, said: Any) -> dict[str, Any]:
    if isinstance(said, str):
        try:
            said = float(said)
        except ValueError:
            said = None
    score = recorded.number(said, "`score`")
    value = None if score is None else recorded.of_scale(score, WORST, BEST)
    return {"session": session, "model": model, "judge": judge, "score": score, "value": value, "text": None,
            "answer": f"{session}/{model}"}  # fmt: skip


def _prompt(session: str) -> ImportedPrompt:
    return ImportedPrompt(session, [{"role": "user", "parts": [{"type": "elsewhere", "name": session}]}])


def _response(row: Mapping[str, Any]) -> ImportedResponse:
    words = row["text"]
    parts = [{"type": "elsewhere", "name": row["answer"]}] if words is None else subjects.as_parts(words)
    return ImportedResponse(row["answer"], row["session"], parts, model=row["model"][:120])


def _verdict(row: Mapping[str, Any]) -> ImportedVerdict:
    detail = {} if row["score"] is None else {"score": row["score"]}
    return ImportedVerdict(
        row["judge"], row["session"], (row["answer"],), row["value"], RUBRIC.slug, recorded.CRITERION, detail
    )
