"""PaperBench (2504.01848) as data: papers to be reproduced with their trees, and grades of the leaves as labels.

A record with a graded tree is a submission, whose files are elsewhere; one with a tree alone is a prompt with its
rubric and no answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from domain import reading, subjects
from domain.dataset_formats import offered, recorded
from domain.dataset_formats.models import ImportedDataset, ImportedLabel, ImportedPrompt, ImportedResponse
from domain.formats import paperbench
from domain.formats.models import ImportedRubric
from domain.rubric import PromptScope

RATER = "PaperBench expert"


def read(data: bytes) -> ImportedDataset:
    """Papers, trees bound to them, submissions and the grades of their leaves."""
    found = paperbench.read(data)
    records = reading.records(data)
    rows = list(zip(records, found.rubrics, strict=True))
    recorded.once(_paper(record, item) for record, item in rows)
    graded = [(record, item) for record, item in rows if _grades(_tree(record))]
    return ImportedDataset(
        prompts=tuple(_prompt(record, item) for record, item in rows),
        responses=tuple(_submission(record, item) for record, item in graded),
        labels=tuple(label for record, item in graded for label in _labels(record, item)),
        rubrics=tuple(_bound(record, item) for record, item in rows),
        report=tuple(note for note in found.report if not graded),
    )


def _tree(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((record[key] for key in ("rubric", "graded_rubric") if isinstance(record.get(key), dict)), record)


def _paper(record: Mapping[str, Any], item: ImportedRubric) -> str:
    return offered.text(record, "paper_id") or item.slug


def _prompt(record: Mapping[str, Any], item: ImportedRubric) -> ImportedPrompt:
    paper = _paper(record, item)
    return ImportedPrompt(paper, subjects.as_messages(f"Reproduce the paper “{paper}”."), rubric=item.slug)


def _bound(record: Mapping[str, Any], item: ImportedRubric) -> ImportedRubric:
    scope = PromptScope(kind="prompt", dataset="paperbench", prompt_id=_paper(record, item))
    made = item.rubric.model_copy(update={"scope": scope})
    return dataclasses.replace(item, rubric=made, prompt=_prompt(record, item))


def _submission(record: Mapping[str, Any], item: ImportedRubric) -> ImportedResponse:
    paper = _paper(record, item)
    return ImportedResponse(f"{paper}/submission", paper, [{"type": "elsewhere", "name": f"{paper}/submission"}])


def _grades(tree: Mapping[str, Any]) -> dict[str, float]:
    """The grade of each leaf that has one."""
    found: dict[str, float] = {}
    waiting: list[Mapping[str, Any]] = [tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(node["sub_tasks"])
        if not node["sub_tasks"] and node.get("score") is not None:
            score = recorded.number(node["score"], "`score`")
            found[node["id"]] = recorded.of_scale(0.0 if score is None else score, 0, 1)
    return found


def _labels(record: Mapping[str, Any], item: ImportedRubric) -> Iterator[ImportedLabel]:
    paper = _paper(record, item)
    for leaf, value in sorted(_grades(_tree(record)).items()):
        yield ImportedLabel(f"{paper}/submission", RATER, value, rubric=item.slug, criterion_id=leaf)
