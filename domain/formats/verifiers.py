"""verifiers: named criteria with choices from worst to best, as TOML or JSON."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from domain import errors, reading, rubric
from domain.formats import building, losses
from domain.formats.models import Exported, Imported, ImportedRubric, Note, Written
from domain.rubric import Criterion, Kind, Rubric

NAME = "verifiers"
KEY = "verifiers"
CODE = "verifiers_invalid"
MAX_TOML = 16_000_000
YES_NO = ["no", "yes"]
_KINDS = {Kind.BINARY, Kind.ORDINAL}
_TABLES = ("criteria", "rubric")


def read(data: bytes) -> Imported:
    """One rubric: a list of criteria, or a table that holds one."""
    body = reading.text(data)
    value = reading.json_value(data) if body.lstrip()[:1] in ("{", "[") and _is_json(body) else _toml(body)
    table = next((key for key in _TABLES if isinstance(value, dict) and key in value), None)
    items, at = (value[table], f"/{table}") if table else (value, "")
    if not isinstance(items, list):
        raise building.refuse(at, "A list `criteria` is needed.", CODE)
    problems = [problem for n, item in enumerate(items) for problem in _problems(item, f"{at}/{n}")]
    if problems:
        raise reading.invalid(problems, code=CODE)
    return Imported((ImportedRubric(_rubric(value, table, items, at), "verifiers-rubric"),))


def _is_json(body: str) -> bool:
    """Whether a file that starts with a bracket is JSON and not the head of a TOML table."""
    first = body.lstrip().split("\n", 1)[0].strip()
    return not (first.startswith("[") and first.rstrip("]").lstrip("[").replace("_", "").replace("-", "").isalnum())


def _toml(body: str) -> Any:
    if len(body) > MAX_TOML:
        raise building.refuse("", "A TOML file may have at most 16 MB.", CODE)
    try:
        return tomllib.loads(body)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise building.refuse("", f"The file is not TOML: {error}.", CODE) from error


def _problems(item: Any, at: str) -> Iterator[errors.Problem]:
    if not isinstance(item, dict):
        yield errors.Problem(at, "A criterion must be an object.")
        return
    for key in ("name", "text"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            yield errors.Problem(f"{at}/{key}", "A text is needed here.")
    weight = item.get("weight", 1)
    if not building.is_number(weight) or weight < 0:
        yield errors.Problem(f"{at}/weight", "A weight must be a finite number that is not negative.")
    choices = item.get("choices", YES_NO)
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices) or len(choices) < 2:
        yield errors.Problem(f"{at}/choices", "Choices are at least two texts from worst to best.")


def _rubric(value: Any, table: str | None, items: list[dict[str, Any]], at: str) -> Rubric:
    repeated = [n for n, item in enumerate(items) if item["name"] in {other["name"] for other in items[:n]}]
    if repeated:
        n = repeated[0]
        raise building.refuse(f"{at}/{n}/name", f"The name {items[n]['name']!r} is used twice.", CODE)
    names = building.unique_ids([item["text"] for item in items], [item["name"] for item in items])
    rest = building.without(value, [table]) if table else {}
    document = {
        "criteria": [_criterion(item, name) for item, name in zip(items, names, strict=True)],
        "extensions": {
            KEY: _plain(
                {
                    "table": table,
                    "rest": rest,
                    "criteria": {n: building.without(i, ("text",)) for n, i in zip(names, items, strict=True)},
                }
            )
        },
    }
    return building.parsed(document, code=CODE, moved=lambda pointer: _moved(pointer, at))


def _plain(value: Any) -> Any:
    """Dates of TOML as text: JSON has none."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _criterion(item: dict[str, Any], name: str) -> dict[str, Any]:
    choices = item.get("choices", YES_NO)
    graded = {} if choices == YES_NO else {"kind": "ordinal", "levels": building.even_levels(choices)}
    return {"id": name, "text": item["text"], "weight": item.get("weight", 1), **graded}


def _moved(pointer: str, at: str) -> str:
    steps = pointer.split("/")
    if len(steps) < 3 or steps[1] != "criteria":
        return at
    theirs = {"id": "name", "levels": "choices"}
    return f"{at}/{steps[2]}" + "".join(f"/{theirs.get(step, step)}" for step in steps[3:])


def write(rubrics: Sequence[Exported]) -> Written:
    """TOML with one table a criterion."""
    import tomli_w

    value, report = _value(rubrics)
    body = tomli_w.dumps(value if isinstance(value, dict) else {"criteria": value}, multiline_strings=False)
    return Written(body.encode(), "application/toml", "toml", tuple(report))


def write_json(rubrics: Sequence[Exported]) -> Written:
    """The same as JSON."""
    value, report = _value(rubrics)
    body = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Written(body.encode(), "application/json", "json", tuple(report))


def _value(rubrics: Sequence[Exported]) -> tuple[Any, list[Note]]:
    if len(rubrics) != 1:
        raise errors.Invalid(f"A file of {NAME} holds one rubric; export them one by one.", code="not_expressible")
    source = rubrics[0].rubric
    kept = building.kept(source, KEY)
    weights = rubric.effective_weights(source)
    own = building.as_object(kept.get("criteria"))
    items = [_item(c, weights[c.id], building.as_object(own.get(c.id))) for c in source.criteria if _fits(c)]
    if source.criteria and not items:
        raise errors.Invalid(f"No criterion of this rubric can be written for {NAME}.", code="not_expressible")
    table = kept.get("table", "criteria")
    value: Any = {**building.as_object(kept.get("rest")), str(table): items} if table else items
    return value, list(_losses(source))


def _fits(criterion: Criterion) -> bool:
    return criterion.kind in _KINDS and not criterion.is_pitfall


def _item(criterion: Criterion, weight: float, own: dict[str, Any]) -> dict[str, Any]:
    """The fields in the place where they stood; defaults that were left out stay left out."""
    item = {"name": criterion.id, **own, "text": criterion.text}
    if "weight" in own or weight != 1 or not own:
        item["weight"] = building.plain(weight)
    labels = [level.label for level in building.levels_of(criterion)] or YES_NO
    if "choices" in own or labels != YES_NO:
        item["choices"] = labels
    return item


def _losses(source: Rubric) -> Iterator[Note]:
    yield from losses.of_rubric(source, "", NAME)
    for n, criterion in enumerate(source.criteria):
        at = f"/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, _KINDS)
        if criterion.is_pitfall:
            yield Note("error", f"{at}/polarity", f"{NAME} has no weights below zero; this pitfall is left out.")
        levels = building.levels_of(criterion)
        even = [level["value"] for level in building.even_levels([level.label for level in levels])]
        if [level.value for level in levels] != even:
            yield Note("warning", f"{at}/levels", f"{NAME} spaces choices evenly; the values are not in the file.")
        if any(level.anchor for level in levels):
            yield Note("warning", f"{at}/levels", f"{NAME} has no anchors; only the labels are in the file.")
        yield from losses.of_criterion(criterion, at, NAME)
        yield from losses.of_frame(criterion, at, NAME)
