"""LLM-Rubric (Hashemi et al., ACL 2024): dialogues rated on nine questions from 1 to 4, and a model's answers to them.

0 says that a question does not apply: a label without a value. The words of the questions are in the paper and not in
the data, so the criteria name them by number. Where a file has no dialogue, its name stands in for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from domain import errors, rubric, subjects
from domain.dataset_formats import recorded
from domain.dataset_formats.models import (
    ImportedDataset,
    ImportedLabel,
    ImportedPrompt,
    ImportedResponse,
    ImportedVerdict,
)
from domain.formats.models import ImportedRubric

QUESTIONS = tuple(f"Q{n}" for n in range(9))
WORST, BEST = 1, 4
JUDGE = "gpt-3.5-turbo"


def _rubric() -> ImportedRubric:
    levels = [
        {"label": str(score), "value": (score - WORST) / (BEST - WORST), "anchor": ""}
        for score in range(WORST, BEST + 1)
    ]
    texts = {"Q0": "Question Q0 of LLM-Rubric: overall the user is satisfied with the dialogue."}
    criteria = [
        {
            "id": name,
            "text": texts.get(name, f"Question {name} of LLM-Rubric; its words are in the paper."),
            "kind": "ordinal",
            "levels": levels,
        }
        for name in QUESTIONS
    ]
    return ImportedRubric(rubric.parse({"title": "LLM-Rubric", "criteria": criteria}), "llm-rubric")


RUBRIC = _rubric()


def read(data: bytes) -> ImportedDataset:
    """Dialogues, the ratings of their judges, and the model's answers as verdicts."""
    rows = recorded.each(data, _row)
    recorded.once(row["id"] for row in rows)
    verdicts = tuple(verdict for row in rows for verdict in row["verdicts"])
    return ImportedDataset(
        prompts=tuple(row["prompt"] for row in rows),
        responses=tuple(row["response"] for row in rows),
        labels=tuple(label for row in rows for label in row["labels"]),
        rubrics=(RUBRIC,) if verdicts else (),
        verdicts=verdicts,
    )


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    name = recorded.text(record, "id")
    messages, answer = _dialogue(record, name)
    tags = {"topic": record["topic"][:70]} if isinstance(record.get("topic"), str) and record["topic"] else {}
    return {
        "id": name,
        "prompt": ImportedPrompt(id=name, messages=messages, tags=tags),
        "response": ImportedResponse(name, name, subjects.as_parts(answer)),
        "labels": list(_labels(record, name)),
        "verdicts": list(_verdicts(record, name)),
    }


def _dialogue(record: Mapping[str, Any], name: str) -> tuple[list[dict[str, Any]], str]:
    """All turns before the assistant's last one, and that turn."""
    if "messages" not in record:
        return subjects.as_messages(f"(The dialogue {name} is not in the file.)"), "(not in the file)"
    turns = subjects.as_messages(record["messages"])
    last = max((n for n, turn in enumerate(turns) if turn["role"] == "assistant"), default=0)
    if last == 0:
        raise errors.Invalid("The dialogue has no answer of the assistant after its first turn.")
    return turns[:last], subjects.text_of(turns[last]["parts"])


def _labels(record: Mapping[str, Any], name: str) -> Iterator[ImportedLabel]:
    given = record.get("ratings")
    if isinstance(given, dict):
        given = [{**given, "annotator_id": record.get("annotator_id")}]
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise errors.Invalid("`ratings` must be an object, or a list of objects with `annotator_id`.")
    times: Counter[str] = Counter()
    for ratings in given:
        rater = f"LLM-Rubric judge {_annotator(ratings)}"
        for question in QUESTIONS:
            score = recorded.number(ratings.get(question), f"`{question}`")
            if score is None:
                continue
            value = None if score == 0 else recorded.of_scale(score, WORST, BEST)
            applies = {} if score else {"not_applicable": True}
            yield ImportedLabel(
                name, rater, value, criterion_id=question, repeat=times[rater], rubric=RUBRIC.slug, payload=applies
            )
        times[rater] += 1


def _annotator(ratings: Mapping[str, Any]) -> str:
    said = ratings.get("annotator_id")
    if isinstance(said, bool) or not isinstance(said, int | str) or not 1 <= len(str(said).strip()) <= 80:
        raise errors.Invalid("Ratings need an `annotator_id`.")
    return str(said)


def _verdicts(record: Mapping[str, Any], name: str) -> Iterator[ImportedVerdict]:
    said = record.get("llm")
    if said is None:
        return
    if not isinstance(said, dict):
        raise errors.Invalid("`llm` must be an object with an answer for each question.")
    for question in QUESTIONS:
        answer = said.get(question)
        if not isinstance(answer, dict):
            continue
        score = recorded.number(answer.get("sample"), f"`llm` of {question}")
        shares = recorded.numbers(answer["probs"], BEST, f"`probs` of {question}") if "probs" in answer else None
        yield ImportedVerdict(
            judge=JUDGE,
            prompt_id=name,
            responses=(name,),
            value=None if score is None else recorded.of_scale(score, WORST, BEST),
            rubric=RUBRIC.slug,
            criterion_id=question,
            detail={} if shares is None else {"probabilities": shares},
        )
