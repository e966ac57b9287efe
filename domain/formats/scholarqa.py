"""ScholarQABench: weighted criteria with evidence for one question, or questions of five described scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from domain import errors, reading, rubric, words
from domain.formats import building, five_levels, losses
from domain.formats.models import Exported, Imported, ImportedPrompt, ImportedRubric, Note, Written, slug_of
from domain.rubric import Criterion, Kind, Rubric, Tier

NAME = "ScholarQABench"
KEY = "scholarqa"
CODE = "scholarqa_invalid"
QUESTION = "criteria_description"
MOST_NOTES = 20_000
_TIERS = {"most_important": "essential", "nice_to_have": "optional"}
_BACK = {Tier.ESSENTIAL: "most_important_item", Tier.OPTIONAL: "nice_to_have_item"}
_OWN = ("name", "criterion", "weight", "evidence")
_ELSEWHERE = ("length_weight", "expertise_weight", "citations_weight", "excerpts_weight")


def read(data: bytes) -> Imported:
    """One rubric a record, in either published shape."""
    found, report = [], []
    for n, item in enumerate(_items(reading.records(data))):
        pointer = f"/{n}"
        problems = list(_problems(item, pointer))
        if problems:
            raise reading.invalid(problems, code=CODE)
        if QUESTION in item:
            found.append(_generic(item, pointer))
            continue
        found.append(_bound(item, pointer))
        weights = [item["metric_config"]["config"].get(key) for key in _ELSEWHERE]
        share = sum(value for value in weights if building.is_number(value))
        if share:
            message = (
                f"{words.percent(share)} of the published score (length, expertise, citations, excerpts) "
                "is no criterion; its settings are kept for export."
            )
            report.append(Note("info", f"{pointer}/metric_config/config", message))
    return Imported(tuple(found), tuple(report))


def _items(items: list[Any]) -> list[Any]:
    """The records; the published file of five-level questions names them by aspect in one object."""
    only = items[0] if len(items) == 1 and isinstance(items[0], dict) else None
    if (
        only
        and QUESTION not in only
        and "metric_config" not in only
        and all(isinstance(v, dict) for v in only.values())
    ):
        return [{"aspect": key, **value} for key, value in only.items()]
    return items


def _problems(item: Any, pointer: str) -> Iterator[errors.Problem]:
    if not isinstance(item, dict):
        yield errors.Problem(pointer, "A record must be an object.")
        return
    if QUESTION in item:
        yield from five_levels.problems(item, QUESTION, pointer)
        return
    if not isinstance(item.get("initial_prompt"), str):
        yield errors.Problem(f"{pointer}/initial_prompt", "The question is needed.")
    config = building.as_object(building.as_object(item.get("metric_config")).get("config"))
    found = config.get("other_properties")
    at = f"{pointer}/metric_config/config/other_properties"
    if not isinstance(found, list):
        yield errors.Problem(at, "A list of criteria is needed.")
        return
    for n, entry in enumerate(found):
        if not isinstance(entry, dict):
            yield errors.Problem(f"{at}/{n}", "A criterion must be an object.")
            continue
        if not isinstance(entry.get("criterion"), str):
            yield errors.Problem(f"{at}/{n}/criterion", "The text of a criterion is needed.")
        if not building.is_number(entry.get("weight")):
            yield errors.Problem(f"{at}/{n}/weight", "A weight must be a finite number.")


def _generic(item: dict[str, Any], pointer: str) -> ImportedRubric:
    aspect = item.get("aspect")
    document = {
        "title": item[QUESTION][:120],
        "criteria": [five_levels.criterion(item, QUESTION)],
        "extensions": {KEY: {"five_levels": building.without(item, (QUESTION, *five_levels.KEYS))}},
    }
    said = building.parsed(document, code=CODE, moved=lambda at: _five_moved(pointer, at))
    name = aspect if isinstance(aspect, str) and aspect else item[QUESTION]
    return ImportedRubric(said, slug_of(f"scholarqa-{name}", "scholarqa"))


def _five_moved(pointer: str, at: str) -> str:
    steps = at.split("/")
    if "levels" in steps and len(steps) > 4 and steps[4].isdecimal():
        return f"{pointer}/{five_levels.KEYS[int(steps[4])]}"
    return f"{pointer}/{QUESTION}" if at.startswith("/criteria/0/text") else pointer


def _bound(item: dict[str, Any], pointer: str) -> ImportedRubric:
    config = item["metric_config"]["config"]
    entries = config["other_properties"]
    names = building.unique_ids([e["criterion"] for e in entries], [e.get("name") for e in entries])
    given = item.get("case_id")
    case = given if isinstance(given, str) and given.strip() else slug_of(item["initial_prompt"], "question")
    document = {
        "title": item["initial_prompt"][:200],
        "scope": {"kind": "prompt", "dataset": KEY, "prompt_id": case[:200]},
        "criteria": [_criterion(entry, name) for entry, name in zip(entries, names, strict=True)],
        "extensions": {
            KEY: {
                "record": building.without(item, ("metric_config",)),
                "metric_config": building.without(item["metric_config"], ("config",)),
                "config": building.without(config, ("other_properties",)),
                "criteria": {
                    name: building.without(entry, ("criterion", "weight"))
                    for name, entry in zip(names, entries, strict=True)
                },
            }
        },
    }
    at = f"{pointer}/metric_config/config/other_properties"
    said = building.parsed(document, code=CODE, moved=lambda place: _moved(pointer, at, place))
    slug = slug_of(f"scholarqa-{case}", "scholarqa")
    prompt = ImportedPrompt(
        id=case[:200],
        messages=[{"role": "user", "content": [{"type": "text", "text": item["initial_prompt"]}]}],
        rubric=slug,
        meta=building.without(item, ("metric_config", "initial_prompt")),
    )
    return ImportedRubric(said, slug, prompt)


def _moved(pointer: str, at: str, place: str) -> str:
    if not place.startswith("/criteria/"):
        return pointer
    rest = place.removeprefix("/criteria")
    return at + (rest.removesuffix("/text") + "/criterion" if rest.endswith("/text") else rest)


def _criterion(entry: dict[str, Any], name: str) -> dict[str, Any]:
    kind = str(entry.get("name", "")).split("_item", 1)[0]
    return {
        "id": name,
        "text": entry["criterion"],
        "tier": _TIERS.get(kind),
        "notes": _notes_of(entry.get("evidence")),
        **building.weights_of(entry["weight"]),
    }


def _notes_of(evidence: Any) -> str:
    """The evidence as notes, for people to read beside the criterion."""
    texts = [text for text in evidence if isinstance(text, str)] if isinstance(evidence, list) else []
    return "\n\n".join(texts)[:MOST_NOTES]


def write(rubrics: Sequence[Exported]) -> Written:
    """One record a line, equal to the imported one where nothing was changed."""
    report: list[Note] = []
    lines: list[str] = []
    for n, item in enumerate(rubrics):
        pointer = f"/{n}" if len(rubrics) > 1 else ""
        source = item.rubric
        graded = bool(source.criteria) and all(five_levels.fits(c) for c in source.criteria)
        report.extend(_losses(source, pointer, graded=graded))
        records = _generic_records(source) if graded else [_record(source)]
        lines.extend(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records)
    return Written("".join(lines).encode(), "application/x-ndjson", "jsonl", tuple(report))


def _generic_records(source: Rubric) -> list[dict[str, Any]]:
    rest = building.as_object(building.kept(source, KEY).get("five_levels"))
    return [{**five_levels.fields(c, QUESTION), **rest} for c in source.criteria]


def _record(source: Rubric) -> dict[str, Any]:
    kept = building.kept(source, KEY)
    config = building.as_object(kept.get("config")) or {"question": source.title}
    rest = building.as_object(kept.get("criteria"))
    weights = rubric.effective_weights(source)
    items = [_entry(c, building.as_object(rest.get(c.id)), n, weights[c.id]) for n, c in enumerate(_fitting(source))]
    if source.criteria and not items:
        raise errors.Invalid(f"No criterion of this rubric can be written for {NAME}.", code="not_expressible")
    metric = building.as_object(kept.get("metric_config")) or {"name": "rubric_corpusqa_generic"}
    return {
        **(building.as_object(kept.get("record")) or {"initial_prompt": source.title}),
        "metric_config": {**metric, "config": {**config, "other_properties": items}},
    }


def _fitting(source: Rubric) -> list[Criterion]:
    return [c for c in source.criteria if c.kind is Kind.BINARY]


def _entry(criterion: Criterion, rest: dict[str, Any], n: int, weight: float) -> dict[str, Any]:
    fresh = {"name": f"{_BACK.get(criterion.tier, 'item') if criterion.tier else 'item'}_{n}", "evidence": []}
    item = {**(rest or fresh), "criterion": criterion.text, "weight": building.signed(criterion, weight)}
    if _notes_of(item.get("evidence")) != criterion.notes:
        item["evidence"] = [text for text in criterion.notes.split("\n\n") if text]
    return item


def _losses(source: Rubric, pointer: str, *, graded: bool) -> Iterator[Note]:
    yield from losses.of_rubric(source, pointer, NAME)
    if graded:
        for n, criterion in enumerate(source.criteria):
            yield from five_levels.notes(criterion, f"{pointer}/criteria/{n}", NAME)
        return
    if KEY not in source.extensions:
        yield Note("warning", f"{pointer}/prompt", "The rubric carries no question; its title stands for it.")
    for n, criterion in enumerate(source.criteria):
        at = f"{pointer}/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, {Kind.BINARY})
        said = criterion.model_copy(update={"notes": "", "tier": None if criterion.tier in _BACK else criterion.tier})
        yield from losses.of_criterion(said, at, NAME)
        yield from losses.of_frame(said, at, NAME)
