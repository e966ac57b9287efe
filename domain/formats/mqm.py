"""MQM: kinds of translation errors with severities; each pair is a pitfall."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain import errors, reading
from domain.formats import building, losses
from domain.formats.models import Exported, Imported, ImportedRubric, Note, Written
from domain.rubric import Kind, Rubric, WeightedStep, criterion_id

NAME = "MQM"
KEY = "mqm"
CODE = "mqm_invalid"
MAX_CELL = 2_000_000
MAX_LINES = 500_000
_NO_ERROR = {"no-error", "no_error", "neutral", ""}
_COUNTS = Note("info", "", "MQM counts every error; a criterion here says whether there is one at all.")


def read(data: bytes) -> Imported:
    """A typology as JSON or YAML, or the kinds of errors that stand in a table of annotations."""
    body = reading.text(data)
    head = body.split("\n", 1)[0].lower().split("\t")
    value = (
        _from_table(body) if {"category", "severity"} <= {cell.strip() for cell in head} else building.document(data)
    )
    categories = value.get("categories") if isinstance(value, dict) else None
    if not isinstance(categories, list) or not categories:
        raise building.refuse("/categories", "A list of error categories with severities is needed.", CODE)
    problems = [p for n, item in enumerate(categories) for p in _problems(item, f"/categories/{n}")]
    if problems:
        raise reading.invalid(problems, code=CODE)
    return Imported((ImportedRubric(_rubric(value, categories), "mqm-errors"),), (_COUNTS,))


def _from_table(body: str) -> dict[str, Any]:
    """The pairs of category and severity of an annotation table, with the published weights."""
    csv.field_size_limit(MAX_CELL)
    found: dict[str, dict[str, float]] = {}
    try:
        rows = csv.reader(io.StringIO(body, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
        head = [cell.strip().lower() for cell in next(rows)]
        where = head.index("category"), head.index("severity")
        for n, row in enumerate(rows):
            if n >= MAX_LINES:
                raise building.refuse("", f"A table may have at most {MAX_LINES} lines.", CODE)
            if not row:
                continue
            if len(row) <= max(where):
                raise building.refuse(f"/{n}", f"This row has {len(row)} cells for {len(head)} columns.", CODE)
            category, severity = row[where[0]].strip(), row[where[1]].strip()
            if severity.lower() not in _NO_ERROR and category.lower() not in _NO_ERROR:
                found.setdefault(category, {})[severity] = published_weight(category, severity)
    except csv.Error as error:
        raise building.refuse("", f"The file is not a table: {error}.", CODE) from error
    return {
        "categories": [
            {"name": name, "severities": [{"name": key, "weight": weight} for key, weight in found[name].items()]}
            for name in sorted(found)
        ]
    }


def published_weight(category: str, severity: str) -> float:
    """Points an error costs (Freitag et al. 2021): 5 major, 1 minor, 0.1 punctuation, 25 non-translation."""
    if category.lower().startswith("non-translation"):
        return 25
    if severity.lower() in ("major", "critical"):
        return 5
    return 0.1 if category.lower() == "fluency/punctuation" else 1


def _problems(item: Any, at: str) -> Iterator[errors.Problem]:
    if not isinstance(item, dict):
        yield errors.Problem(at, "A category must be an object.")
        return
    if not isinstance(item.get("name"), str) or not item["name"].strip():
        yield errors.Problem(f"{at}/name", "A category needs a name.")
    severities = item.get("severities")
    pairs = _severities(severities)
    if not isinstance(severities, dict | list) or not severities:
        yield errors.Problem(f"{at}/severities", "Severities with their weights are needed.")
        return
    for key, (name, weight) in pairs:
        if not isinstance(name, str) or not name.strip():
            yield errors.Problem(f"{at}/severities/{key}/name", "A severity needs a name.")
        if not building.is_number(weight) or weight < 0:
            yield errors.Problem(f"{at}/severities/{key}", "A weight must be a finite number that is not negative.")


def _severities(given: Any) -> list[tuple[str | int, tuple[Any, Any]]]:
    """Each severity with its place: from a list of objects or from an object of weights."""
    if isinstance(given, dict):
        return [(key, (key, value)) for key, value in given.items()]
    listed = given if isinstance(given, list) else []
    return [(n, (building.as_object(i).get("name"), building.as_object(i).get("weight"))) for n, i in enumerate(listed)]


def _rubric(value: Mapping[str, Any], categories: list[dict[str, Any]]) -> Rubric:
    groups: dict[str, str] = {}
    criteria: list[dict[str, Any]] = []
    places: list[str] = []
    layout = []
    for n, item in enumerate(categories):
        top = item["name"].split("/", 1)[0].strip() or item["name"]
        groups.setdefault(top, criterion_id(len(groups), top).replace("c_", "g_", 1))
        names = []
        for key, (severity, weight) in _severities(item["severities"]):
            text = _sentence(item["name"], severity, item.get("description"))
            made = criterion_id(len(criteria), text)
            criteria.append(
                {
                    "id": made, "text": text, "polarity": "negative", "weight": weight, "group": groups[top],
                    "tags": {"category": item["name"][:500], "severity": severity[:500]},
                }
            )  # fmt: skip
            names.append([made, text, key])
            places.append(f"/categories/{n}/severities/{key}")
        layout.append({"own": building.without(item, ()), "criteria": names})
    title = value.get("title", value.get("name"))
    document = {
        "title": title[:300] if isinstance(title, str) and title.strip() else "Translation errors",
        "groups": [{"id": name, "title": top[:4000]} for top, name in groups.items()],
        "criteria": criteria,
        "scoring": [{"step": "weighted", "negatives": "subtract", "normalise": "none"}],
        "extensions": {KEY: {"frame": building.without(value, ("categories",)), "categories": layout}},
    }
    return building.parsed(document, code=CODE, moved=lambda at: _moved(at, places))


def _sentence(category: str, severity: str, description: Any) -> str:
    said = f" ({description.strip()})" if isinstance(description, str) and description.strip() else ""
    return f"The translation has at least one {severity.lower()} error of the kind {category}{said}."


def _moved(at: str, places: Sequence[str]) -> str:
    steps = at.split("/")
    return places[int(steps[2])] if len(steps) > 2 and steps[1] == "criteria" else "/categories"


def write(rubrics: Sequence[Exported]) -> Written:
    """A typology as JSON; equal to the imported one where nothing was changed."""
    if len(rubrics) != 1:
        raise errors.Invalid(f"A file of {NAME} holds one typology; export them one by one.", code="not_expressible")
    source = rubrics[0].rubric
    categories = _categories(source)
    if not categories:
        raise errors.Invalid(
            "No criterion of this rubric is a pitfall, so none is a kind of error.", code="not_expressible"
        )
    frame = building.as_object(building.kept(source, KEY).get("frame")) or {"title": source.title}
    body = json.dumps({**frame, "categories": categories}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Written(body.encode(), "application/json", "json", tuple(_losses(source)))


def _categories(source: Rubric) -> list[dict[str, Any]]:
    waiting = {c.id: c for c in source.criteria if _fits(c)}
    out = []
    for entry in building.kept(source, KEY).get("categories") or []:
        own = building.as_object(building.as_object(entry).get("own"))
        severities = own.get("severities")
        left: list[Any] = []
        for name, text, key in building.as_object(entry).get("criteria") or []:
            found = waiting.get(name)
            if found is not None and found.text == text:
                left.append((key, building.plain(waiting.pop(name).weight)))
        if left and isinstance(severities, dict):
            out.append({**own, "severities": dict(left)})
        elif left and isinstance(severities, list):
            out.append({**own, "severities": [{**severities[key], "weight": weight} for key, weight in left]})
    fresh: dict[str, list[dict[str, Any]]] = {}
    for criterion in waiting.values():
        severity = criterion.tags.get("severity", "Major")
        entry = {"name": severity, "weight": building.plain(criterion.weight)}
        fresh.setdefault(criterion.tags.get("category", criterion.text), []).append(entry)
    return out + [{"name": name, "severities": severities} for name, severities in fresh.items()]


def _fits(criterion: Any) -> bool:
    return bool(criterion.kind is Kind.BINARY and criterion.is_pitfall)


def _losses(source: Rubric) -> Iterator[Note]:
    for note in losses.of_rubric(source, "", NAME):
        if not note.pointer.endswith(("/groups", "/scoring")):
            yield note
    if WeightedStep(normalise="none") not in source.scoring:
        yield Note("warning", "/scoring", f"{NAME} adds up points; this rubric is scored in another way.")
    for n, criterion in enumerate(source.criteria):
        at = f"/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, {Kind.BINARY})
        if not criterion.is_pitfall:
            yield Note("error", f"{at}/polarity", f"{NAME} holds only errors; this criterion is left out.")
        yield from losses.of_criterion(criterion, at, NAME)
        yield from losses.of_frame(criterion, at, NAME, tags=bool(criterion.tags.keys() - {"category", "severity"}))
