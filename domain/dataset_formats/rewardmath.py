"""RewardMATH: one right and nine wrong solutions a problem; verdicts of judges and reward models on them.

Read are the records of solutions (`eval_solution`), and the matrix of verdicts, which has the ratings of single
solutions and the answers on pairs but not the solutions themselves: there they are parts of the type `elsewhere`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import ImportedDataset, ImportedPreference, ImportedResponse, ImportedVerdict
from domain.formats.models import ImportedPrompt, Note

RUBRIC = recorded.one_question("rewardmath", "RewardMATH", "The solution is correct.")
RATER = "RewardMATH gold"
SCALE, FIVE = (1.0, 10.0), (1.0, 5.0)
ANSWERS = {"A": 1.0, "B": 0.0, None: None}


def read(data: bytes) -> ImportedDataset:
    """Problems, solutions and which of them is right; with verdicts where the file has them."""
    rows = recorded.each(data, _row)
    matrix = [row for row in rows if "pointwise" in row]
    single = [row for row in rows if "text" in row]
    recorded.once(row["id"] for row in matrix)
    problems = {row["id"]: row for row in rows}
    note = Note("info", "", f"The file names {10 * len(matrix):,} solutions without their texts.")
    return ImportedDataset(
        prompts=tuple(_prompt(row) for row in problems.values()),
        responses=(*_absent(matrix), *map(_solution, single)),
        preferences=(*_orders(matrix), *_orders_of_single(single)),
        rubrics=(RUBRIC,) if matrix else (),
        verdicts=tuple(verdict for row in matrix for verdict in (*_ratings(row), *_pairs(row))),
        report=(note,) if matrix else (),
    )


def solution(problem: str, place: int | str) -> str:
    """The id of a solution."""
    return f"{problem}/{place}"


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    if "eval_solution" in record:
        return _single_row(record)
    if "pointwise" not in record and "pairwise" not in record:
        raise errors.Invalid("The record has neither `eval_solution` nor `pointwise` and `pairwise`.")
    row: dict[str, Any] = {"id": recorded.text(record, "id"), "problem": recorded.text(record, "problem")}
    writers = record.get("solution_reference")
    if not isinstance(writers, list) or not 2 <= len(writers) <= 100:
        raise errors.Invalid("`solution_reference` must name the writers of 2 to 100 solutions.")
    right = record.get("correct_index")
    if isinstance(right, bool) or not isinstance(right, int) or not 0 <= right < len(writers):
        raise errors.Invalid("`correct_index` must be the place of the correct solution.")
    row |= {"writers": [str(writer) for writer in writers], "right": right}
    row["wrong"] = [place for place in range(len(writers)) if place != right]
    row["pairwise"] = {
        judge: _pair_answers(said, len(row["wrong"])) for judge, said in recorded.table(record, "pairwise").items()
    }
    row["pointwise"] = {
        judge: [_rating(judge, score, judge in row["pairwise"]) for score in _scores(judge, said, len(writers))]
        for judge, said in recorded.table(record, "pointwise").items()
    }
    return row


def _single_row(record: Mapping[str, Any]) -> dict[str, Any]:
    steps = record.get("eval_solution")
    if not isinstance(steps, list) or not steps or not all(isinstance(step, str) for step in steps):
        raise errors.Invalid("`eval_solution` must be a list of steps.")
    if record.get("solution_type") not in ("chosen", "rejected"):
        raise errors.Invalid("`solution_type` must be chosen or rejected.")
    return {
        "id": f"rewardmath:{record.get('problem_id')}",
        "problem": recorded.text(record, "problem"),
        "reference": str(record.get("answer") or "") or None,
        "name": str(record.get("id")),
        "text": "\n".join(steps),
        "writer": str(record.get("solution_reference") or ""),
        "chosen": record["solution_type"] == "chosen",
    }


def _scores(judge: str, said: Any, count: int) -> list[float | None]:
    return recorded.numbers(said, count, f"The ratings of {judge}")


def _rating(judge: str, score: float | None, compares: bool) -> tuple[float | None, float | None]:
    """The degree and the score itself. Judges that also compare pairs rate 1 to 10 (Prometheus 1 to 5)."""
    if score is None:
        return None, None
    if not compares:
        return recorded.of_open_scale(score), score
    return recorded.of_scale(score, *(FIVE if judge.startswith("prometheus") else SCALE)), score


def _pair_answers(said: Any, count: int) -> list[tuple[str, float | None]]:
    """For each wrong solution where the right one stood, and how far the one that stood first was preferred."""
    answers = said.get("answer") if isinstance(said, dict) else None
    places = said.get("chosen_position") if isinstance(said, dict) else None
    if not isinstance(answers, list) or not isinstance(places, list) or not len(answers) == len(places) == count:
        raise errors.Invalid(f"`answer` and `chosen_position` must be lists of {count}.")
    if any(answer not in ANSWERS for answer in answers) or any(place not in ("A", "B") for place in places):
        raise errors.Invalid("An answer must be A, B or null, and a position A or B.")
    return [(place, ANSWERS[answer]) for place, answer in zip(places, answers, strict=True)]


def _prompt(row: Mapping[str, Any]) -> ImportedPrompt:
    return ImportedPrompt(id=row["id"], messages=subjects.as_messages(row["problem"]), reference=row.get("reference"))


def _absent(matrix: list[dict[str, Any]]) -> Iterator[ImportedResponse]:
    for row in matrix:
        for place, writer in enumerate(row["writers"]):
            name = solution(row["id"], place)
            yield ImportedResponse(name, row["id"], [{"type": "elsewhere", "name": name}], model=writer[:120])


def _solution(row: Mapping[str, Any]) -> ImportedResponse:
    name = solution(row["id"], row["name"])
    return ImportedResponse(name, row["id"], subjects.as_parts(row["text"]), model=row["writer"][:120])


def _orders(matrix: list[dict[str, Any]]) -> Iterator[ImportedPreference]:
    for row in matrix:
        right = solution(row["id"], row["right"])
        for place in row["wrong"]:
            yield ImportedPreference(row["id"], right, solution(row["id"], place), rater=RATER)


def _orders_of_single(single: list[dict[str, Any]]) -> Iterator[ImportedPreference]:
    right = {row["id"]: solution(row["id"], row["name"]) for row in single if row["chosen"]}
    for row in single:
        if not row["chosen"] and row["id"] in right:
            yield ImportedPreference(row["id"], right[row["id"]], solution(row["id"], row["name"]), rater=RATER)


def _ratings(row: Mapping[str, Any]) -> Iterator[ImportedVerdict]:
    for judge, ratings in row["pointwise"].items():
        for place, (value, score) in enumerate(ratings):
            detail = {} if score is None else {"score": score}
            yield _verdict(row, f"{judge} (pointwise)", (solution(row["id"], place),), value, detail)


def _pairs(row: Mapping[str, Any]) -> Iterator[ImportedVerdict]:
    right = solution(row["id"], row["right"])
    for judge, answers in row["pairwise"].items():
        for place, (stood, value) in zip(row["wrong"], answers, strict=True):
            wrong = solution(row["id"], place)
            order = (right, wrong) if stood == "A" else (wrong, right)
            yield _verdict(row, f"{judge} (pairwise)", order, value, {})


def _verdict(
    row: Mapping[str, Any], judge: str, responses: tuple[str, ...], value: float | None, detail: dict[str, Any]
) -> ImportedVerdict:
    return ImportedVerdict(judge, row["id"], responses, value, RUBRIC.slug, recorded.CRITERION, detail)
