"""Benchmarks of reward models with right and wrong answers, as their authors publish them.

RewardBench (2403.13787), RewardBench 2 (2506.01937), M-RewardBench (2410.15522), RM-Bench (2410.16184), RAG-RewardBench
(2412.13746), HHH (2112.00861) and TARA (2310.01045).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain import errors, subjects
from domain.dataset_formats import offered, recorded
from domain.dataset_formats.models import ImportedDataset, made_id
from domain.dataset_formats.offered import Answer, Offered
from domain.formats import prometheus
from domain.formats.models import ImportedPrompt, ImportedRubric

STYLES = ("concise", "plain", "markdown")
_DOMAINS = {
    "alpacaeval": "chat", "bigcode/humanevalpack": "code", "xstest-should-respond": "safety-response",
    "refusals-dangerous": "safety-refuse", "refusals-offensive": "safety-refuse",
}  # fmt: skip


def read(data: bytes) -> ImportedDataset:
    """RewardBench: a chosen and a rejected answer, by subset."""
    return offered.assemble(recorded.each(data, _pair), "RewardBench gold")


def read_second(data: bytes) -> ImportedDataset:
    """RewardBench 2: right and wrong answers in lists; in the subset Ties there are several right ones."""
    return offered.assemble(recorded.each(data, _listed), "RewardBench 2 gold")


def read_languages(data: bytes) -> ImportedDataset:
    """M-RewardBench: the same pairs in several languages."""
    return offered.assemble(recorded.each(data, _translated), "M-RewardBench gold")


def read_styles(data: bytes) -> ImportedDataset:
    """RM-Bench: each answer in three styles, from concise to formatted."""
    return offered.assemble(recorded.each(data, _styled), "RM-Bench gold")


def read_retrieved(data: bytes) -> ImportedDataset:
    """RAG-RewardBench: answers that rest on retrieved passages."""
    return offered.assemble(recorded.each(data, _retrieved), "RAG-RewardBench gold")


def read_tools(data: bytes) -> ImportedDataset:
    """TARA: a good and a bad answer, with the calls of tools that were made for each."""
    return offered.assemble(recorded.each(data, _traced), "TARA gold")


def read_values(data: bytes) -> ImportedDataset:
    """HHH: pairs on helpfulness, honesty and harmlessness, with the five-score rubrics where they come along."""
    found = offered.assemble(recorded.each(data, _valued), "HHH gold")
    texts = dict.fromkeys(
        one["rubric"] for one in recorded.records(data) if isinstance(one.get("rubric"), str) and one["rubric"].strip()
    )
    return ImportedDataset(
        found.prompts, found.responses, found.preferences, rubrics=_rubrics(list(texts)), report=found.report
    )


def _pair(record: Mapping[str, Any]) -> Offered:
    models = {side: offered.text(record, f"{side}_model") for side in ("chosen", "rejected")}
    prompt = ImportedPrompt(
        offered.identity(record), offered.prompt_of(record), tags=offered.tags(subset=offered.text(record, "subset"))
    )
    return Offered(prompt, *(_one(record, side, models[side]) for side in ("chosen", "rejected")))


def _one(record: Mapping[str, Any], name: str, model: str = "") -> list[Answer]:
    found = offered.answers(record, name, [model])
    if len(found) != 1:
        raise errors.Invalid(f"`{name}` must be one answer.")
    return found


def _listed(record: Mapping[str, Any]) -> Offered:
    right, wrong = offered.answers(record, "chosen"), offered.answers(record, "rejected")
    for name, held in (("num_correct", right), ("num_incorrect", wrong)):
        if record.get(name) is not None and record[name] != len(held):
            raise errors.Invalid(f"`{name}` says {record[name]!r}, but there are {len(held)}.")
    subset, name = offered.text(record, "subset"), offered.identity(record)
    if subset.casefold() == "ties" and name.partition(":")[0] not in ("ref", "tied"):
        raise errors.Invalid("The id of a row of Ties begins with `ref:` or `tied:`.")
    return Offered(ImportedPrompt(name, offered.prompt_of(record), tags=offered.tags(subset=subset)), right, wrong)


def _translated(record: Mapping[str, Any]) -> Offered:
    language, name = recorded.text(record, "language"), offered.identity(record)
    said = offered.tags(
        subset=offered.text(record, "source") or offered.text(record, "subset"),
        category=offered.text(record, "category"), parallel=name,
    )  # fmt: skip
    models = {side: offered.text(record, f"{side}_model") for side in ("chosen", "rejected")}
    prompt = ImportedPrompt(f"{language}:{name}", offered.prompt_of(record), language=language[:16], tags=said)
    return Offered(prompt, *(_one(record, side, models[side]) for side in ("chosen", "rejected")))


def _styled(record: Mapping[str, Any]) -> Offered:
    subset = offered.text(record, "subset")
    domain = offered.text(record, "domain") or _DOMAINS.get(subset, subset)
    sides = []
    for side in ("chosen", "rejected"):
        given = record.get(side)
        if not isinstance(given, list) or len(given) != len(STYLES):
            raise errors.Invalid(f"`{side}` must be a list of {len(STYLES)} texts: concise, plain, with markdown.")
        found = offered.answers(record, side)
        sides.append([Answer(one.words, tags={"style": style}) for one, style in zip(found, STYLES, strict=True)])
    prompt = ImportedPrompt(
        f"{domain}:{offered.identity(record)}", offered.prompt_of(record),
        tags=offered.tags(domain=domain, subset=subset), meta=_kept(record, "error_key", "error"),
    )  # fmt: skip
    return Offered(prompt, *sides)


def _kept(record: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names if record.get(name)}


def _retrieved(record: Mapping[str, Any]) -> Offered:
    words = "prompt" if record.get("prompt") else "question"
    subset = offered.text(record, "subset") or offered.text(record, "type")
    messages = offered.prompt_of(record, words)
    name = offered.text(record, "id") or made_id("p", words, str(messages), str(record.get("chosen")))
    models = {
        "chosen": offered.text(record, "chosen_model"),
        "rejected": offered.text(record, "rejected_model") or offered.text(record, "reject_model"),
    }
    prompt = ImportedPrompt(
        name, messages,
        context=_passages(record.get("references") or record.get("passages")), tags=offered.tags(subset=subset),
    )  # fmt: skip
    return Offered(prompt, *(_one(record, side, models[side]) for side in ("chosen", "rejected")))


def _passages(given: Any) -> str | None:
    """Retrieved passages, one under the other."""
    listed = given if isinstance(given, list) else [given] if given else []
    said = [one if isinstance(one, str) else offered.answer(one, "references").words for one in listed]
    return "\n\n".join(said) or None


def _traced(record: Mapping[str, Any]) -> Offered:
    sides = []
    for side in ("pos_answer", "neg_answer"):
        given = record.get(side)
        if not isinstance(given, dict):
            raise errors.Invalid(f"`{side}` must be an object with `answer`.")
        one = offered.answer(given, side)
        sides.append([Answer(one.words, one.model, meta=_kept(given, "score", "actions", "score_agent"))])
    prompt = ImportedPrompt(
        offered.identity(record), subjects.as_messages(recorded.text(record, "question")),
        tags=offered.tags(subset=offered.text(record, "task") or offered.text(record, "tool")),
    )  # fmt: skip
    return Offered(prompt, *sides)


def _valued(record: Mapping[str, Any]) -> Offered:
    category = offered.text(record, "category") or offered.text(record, "subset")
    prompt = ImportedPrompt(offered.identity(record), offered.prompt_of(record), tags=offered.tags(category=category))
    return Offered(prompt, _one(record, "chosen"), _one(record, "rejected"))


def _rubrics(texts: list[str]) -> tuple[ImportedRubric, ...]:
    return tuple(prometheus.of_text(text) for text in texts)
