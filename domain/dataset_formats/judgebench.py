"""JudgeBench (2410.12784): pairs of answers of which one is right, and what judges said of them in both orders.

Read are records with `question`, `response_A` and `response_B`, with the `judgments` of one judge where they are
outputs, and records with `verdicts` by judge, which refer to pairs that are stored already. The second order was asked
with the answers swapped, and its decision is about them as they stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import offered, recorded
from domain.dataset_formats.models import ImportedDataset, ImportedPreference, ImportedResponse, ImportedVerdict
from domain.formats.models import ImportedPrompt

RUBRIC = recorded.one_question("judgebench", "JudgeBench", "The answer is right where the other one is wrong.")
RATER = "JudgeBench gold"
DEGREES = {"A>B": 1.0, "A=B": 0.5, "B>A": 0.0, None: None}
_DOMAINS = {"mmlu-pro": "knowledge", "livebench-reasoning": "reasoning", "livebench-math": "math",
            "livecodebench": "coding"}  # fmt: skip


def read(data: bytes) -> ImportedDataset:
    """Pairs with their labels, and verdicts on them."""
    rows = recorded.each(data, _row)
    asked = [row for row in rows if row["question"]]
    once = {row["id"]: row for row in asked}
    said = [(row, judge, given) for row in rows for judge, given in row["verdicts"].items()]
    recorded.once(f"{row['id']} {judge}" for row, judge, _ in said) if said else recorded.once(
        row["id"] for row in rows
    )
    return ImportedDataset(
        prompts=tuple(map(_prompt, once.values())),
        responses=tuple(response for row in once.values() for response in _responses(row)),
        preferences=tuple(map(_preference, once.values())),
        rubrics=(RUBRIC,) if said else (),
        verdicts=tuple(verdict for row, judge, given in said for verdict in _verdicts(row["id"], judge, given)),
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    if record.get("label") not in ("A>B", "B>A"):
        raise errors.Invalid("`label` must be A>B or B>A.")
    row: dict[str, Any] = {"id": offered.identity(record, "pair_id", "id"), "label": record["label"], "question": ""}
    row |= {"subset": offered.text(record, "source"), "model": offered.text(record, "response_model")}
    if "verdicts" in record:
        given = {judge: said.get("decisions") if isinstance(said, dict) else None
                 for judge, said in recorded.table(record, "verdicts").items()}  # fmt: skip
        return row | {"verdicts": {judge: _decisions(said) for judge, said in given.items()}}
    words = {name: recorded.text(record, name, least=0) for name in ("response_A", "response_B")}
    return row | words | {"question": recorded.text(record, "question"), "verdicts": dict(_judgments(record))}


def _judgments(record: Mapping[str, Any]) -> Iterator[tuple[str, list[str | None]]]:
    given = record.get("judgments")
    if given is None:
        return
    if not isinstance(given, list) or not all(one is None or isinstance(one, dict) for one in given):
        raise errors.Invalid("`judgments` must be a list of objects with `decision`, or null.")
    models = [one["judgment"].get("judge_model") for one in given if one and isinstance(one.get("judgment"), dict)]
    name = "/".join(filter(None, (offered.text(record, "judge_name"), str(models[0] or "") if models else "")))
    yield name or "unnamed", _decisions([one.get("decision") if one else None for one in given])


def _decisions(given: Any) -> list[str | None]:
    if not isinstance(given, list) or not 1 <= len(given) <= 2:
        raise errors.Invalid("Decisions must be a list of one or two: in the order given, and swapped.")
    if any(isinstance(one, dict | list) or one not in DEGREES for one in given):
        raise errors.Invalid("A decision must be A>B, A=B, B>A or null.")
    return given


def _prompt(row: Mapping[str, Any]) -> ImportedPrompt:
    domain = next((name for start, name in _DOMAINS.items() if row["subset"].startswith(start)), "")
    tags = offered.tags(subset=row["subset"], domain=domain, writer=row["model"])
    return ImportedPrompt(row["id"], subjects.as_messages(row["question"]), tags=tags)


def _responses(row: Mapping[str, Any]) -> Iterator[ImportedResponse]:
    for side in "AB":
        parts = subjects.as_parts(row[f"response_{side}"])
        yield ImportedResponse(f"{row['id']}/{side}", row["id"], parts, model=row["model"][:120])


def _preference(row: Mapping[str, Any]) -> ImportedPreference:
    better, worse = row["label"][0], row["label"][2]
    return ImportedPreference(row["id"], f"{row['id']}/{better}", f"{row['id']}/{worse}", rater=RATER)


def _verdicts(pair: str, judge: str, given: list[str | None]) -> Iterator[ImportedVerdict]:
    for order, said in zip(("AB", "BA"), given, strict=False):
        shown = (f"{pair}/{order[0]}", f"{pair}/{order[1]}")
        yield ImportedVerdict(judge, pair, shown, DEGREES[said], RUBRIC.slug, recorded.CRITERION)
