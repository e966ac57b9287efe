"""LLMBar: instructions with two outputs and a gold label; and the verdicts of judges in both orders.

Both published shapes are read: records with `input`, `output_1`, `output_2`, and records with `verdicts` by judge,
which refer to prompts that are stored already. MT-Bench pairs as LLMBar packs them have the same shapes; there the
label is the majority of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from domain import errors, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import (
    ImportedDataset,
    ImportedPreference,
    ImportedResponse,
    ImportedVerdict,
    made_id,
)
from domain.formats.models import ImportedPrompt, ImportedRubric, Note


class Packed(NamedTuple):
    """What differs between the sets of this shape: the question of the verdicts, and whose label is the gold one."""

    rubric: ImportedRubric
    rater: str


LLMBAR = Packed(recorded.one_question("llmbar", "LLMBar", "The output follows the instruction."), "LLMBar gold")
MT_BENCH = Packed(
    recorded.one_question("mtbench", "MT-Bench", "The answer is better than the other one."), "MT-Bench majority"
)
ORDERS = ((0, 1), (1, 0))


def read(packed: Packed, data: bytes) -> ImportedDataset:
    """Prompts with two outputs and the gold label, or the verdicts of judges on them."""
    rows = recorded.each(data, _row)
    recorded.once(f"{row['id']}/{'verdicts' in row}" for row in rows)
    asked = [row for row in rows if "input" in row]
    judged = [row for row in rows if "verdicts" in row]
    raw = sum("results" in row for row in rows)
    note = Note("info", "", f"`results` of {raw} records name no judge and were left out.")
    return ImportedDataset(
        prompts=tuple(map(_prompt, asked)),
        responses=tuple(response for row in asked for response in _responses(row)),
        preferences=tuple(_preference(row, packed.rater) for row in asked),
        rubrics=(packed.rubric,) if judged else (),
        verdicts=tuple(verdict for row in judged for verdict in _verdicts(row, packed.rubric.slug)),
        report=(note,) if raw else (),
    )


def output(prompt_id: str, place: int) -> str:
    """The id of the first (0) or second (1) output of an instruction."""
    return f"{prompt_id}/{place + 1}"


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    if record.get("label") not in (1, 2):
        raise errors.Invalid("`label` must be 1 or 2, the better output.")
    row: dict[str, Any] = {"label": record["label"], "subset": str(record.get("subset") or "")}
    if "verdicts" in record:
        row["id"] = recorded.text(record, "id")
        row["verdicts"] = {judge: _said(said) for judge, said in recorded.table(record, "verdicts").items()}
        return row
    for name in ("input", "output_1", "output_2"):
        row[name] = recorded.text(record, name, least=0)
    row["id"] = str(record.get("id") or made_id("p", row["input"], row["output_1"], row["output_2"]))
    if "results" in record:
        row["results"] = True
    return row


def _said(said: Any) -> dict[str, Any]:
    """The winner in each order (1, 2 or null), and the ratings where the judge rated."""
    winners = said.get("winner") if isinstance(said, dict) else None
    if not isinstance(winners, list) or len(winners) != 2 or any(winner not in (1, 2, None) for winner in winners):
        raise errors.Invalid("`winner` must be two of 1, 2 and null: in the order given, and swapped.")
    found: dict[str, Any] = {"winner": winners}
    if said.get("rating") is not None:
        found["rating"] = recorded.numbers(said["rating"], 2, "`rating`")
    return found


def _prompt(row: Mapping[str, Any]) -> ImportedPrompt:
    tags = {"subset": row["subset"]} if row["subset"] else {}
    return ImportedPrompt(id=row["id"], messages=subjects.as_messages(row["input"]), tags=tags)


def _responses(row: Mapping[str, Any]) -> Iterator[ImportedResponse]:
    for place in range(2):
        yield ImportedResponse(output(row["id"], place), row["id"], subjects.as_parts(row[f"output_{place + 1}"]))


def _preference(row: Mapping[str, Any], rater: str) -> ImportedPreference:
    better = row["label"] - 1
    return ImportedPreference(row["id"], output(row["id"], better), output(row["id"], 1 - better), rater=rater)


def _verdicts(row: Mapping[str, Any], rubric: str) -> Iterator[ImportedVerdict]:
    """The winner is an output of the source, whichever stood first; the value is that of the one that did."""
    for judge, said in row["verdicts"].items():
        for order, winner in zip(ORDERS, said["winner"], strict=True):
            yield ImportedVerdict(
                judge=judge,
                prompt_id=row["id"],
                responses=tuple(output(row["id"], place) for place in order),
                value=None if winner is None else float(winner - 1 == order[0]),
                rubric=rubric,
                criterion_id=recorded.CRITERION,
                detail={"ratings": [said["rating"][place] for place in order]} if "rating" in said else {},
            )
