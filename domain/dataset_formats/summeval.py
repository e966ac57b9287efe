"""SummEval (Fabbri et al., 2021): summaries rated from 1 to 5 by three experts and five crowd workers on four criteria.

Read are articles (`doc_id`, `source_text`), summaries of articles that are stored already (`doc_id`, `summary`), and
the published records (`id`, `decoded`), which bring their own prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from domain import errors, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import ImportedDataset, ImportedLabel, ImportedPrompt, ImportedResponse

CRITERIA = ("coherence", "consistency", "fluency", "relevance")
WORST, BEST = 1, 5
GROUPS: tuple[tuple[str, str, Literal["human", "crowd"]], ...] = (
    ("expert_annotations", "SummEval expert {}", "human"),
    ("turker_annotations", "SummEval crowd {}", "crowd"),
)


def read(data: bytes) -> ImportedDataset:
    """Articles as prompts, summaries as responses, ratings as labels of experts and of the crowd."""
    rows = recorded.each(data, _row)
    recorded.once(f"{row['kind']} {row['id']}" for row in rows)
    prompts = {row["prompt"].id: row["prompt"] for row in rows if row["prompt"]}
    return ImportedDataset(
        prompts=tuple(prompts.values()),
        responses=tuple(row["response"] for row in rows if row["response"]),
        labels=tuple(label for row in rows for label in row["labels"]),
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    if "source_text" in record:
        name, article = recorded.text(record, "doc_id"), recorded.text(record, "source_text")
        return {"kind": "article", "id": name, "prompt": _prompt(record, name, article), "response": None, "labels": []}
    published = "decoded" in record
    name = recorded.text(record, "id")
    doc = name if published else recorded.text(record, "doc_id")
    system = str(record.get("model_id" if published else "system") or "")
    key = f"{system}:{name}" if published and system else name
    words = recorded.text(record, "decoded" if published else "summary", least=0)
    article = str(record.get("text") or "") or f"(The article {doc} is not in the file.)"
    return {
        "kind": "summary",
        "id": key,
        "prompt": _prompt(record, doc, article) if published else None,
        "response": ImportedResponse(key, doc, subjects.as_parts(words), model=system),
        "labels": list(_labels(record, key)),
    }


def _prompt(record: Mapping[str, Any], name: str, article: str) -> ImportedPrompt:
    references = record.get("references")
    first = references[0] if isinstance(references, list) and references else None
    return ImportedPrompt(
        id=name,
        messages=subjects.as_messages(f"Summarise the article.\n\n{article}"),
        reference=first if isinstance(first, str) else None,
    )


def _labels(record: Mapping[str, Any], key: str) -> Iterator[ImportedLabel]:
    for field, rater, kind in GROUPS:
        given = record.get(field) or []
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise errors.Invalid(f"`{field}` must be a list of objects with ratings.")
        for n, ratings in enumerate(given):
            for criterion in CRITERIA:
                score = recorded.number(ratings.get(criterion), f"`{field}`")
                if score is not None:
                    value = recorded.of_scale(score, WORST, BEST)
                    yield ImportedLabel(key, rater.format(n + 1), value, rater_kind=kind, criterion_id=criterion)
