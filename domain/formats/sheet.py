"""Rubrics ↔ rows of a table: one row a criterion, with rows for rubric, guidelines and groups before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain import errors, reading
from domain.formats import building, cells, losses
from domain.formats.cells import Cell
from domain.formats.models import Exported, Imported, ImportedRubric, Note, slug_of
from domain.rubric import Rubric, criterion_id

NAME = "A table"
KEY = "sheet"
CODE = "sheet_invalid"
MAX_ROWS = 200_000
COLUMNS = (
    "id", "text", "kind", "polarity", "weight", "tier", "role", "aspect", "group", "gate", "applies_when",
    "evidence", "needs", "tags", "levels", "check", "examples", "notes",
)  # fmt: skip
_OTHER_NAMES = {
    "criterion": "text", "criteria": "text", "requirement": "text", "requirements": "text", "description": "text",
    "question": "text", "points": "weight", "score": "weight", "section": "group", "category": "group",
    "type": "kind", "comment": "notes", "comments": "notes", "note": "notes", "identifier": "id", "name": "id",
}  # fmt: skip
_READ: dict[str, Callable[[Any, str], Any]] = {
    "gate": cells.parsed_json,
    "check": cells.parsed_json,
    "examples": cells.parsed_json,
    "levels": cells.parsed_levels,
    "tags": cells.parsed_tags,
    "applies_when": cells.parsed_condition,
}
_WORDS = ("kind", "polarity", "tier", "role", "aspect", "evidence")


class Line(NamedTuple):
    """A row with its number as the spreadsheet counts."""

    number: int
    cells: dict[str, Cell]


def lines(rows: Iterator[tuple[int, Sequence[Cell]]]) -> list[Line]:
    """The rows below the first one, by column; other names for columns are understood."""
    head: list[str] | None = None
    found: list[Line] = []
    for number, row in rows:
        if all(value is None or value == "" for value in row):
            continue
        if head is None:
            head = _head(row, number)
        elif len(row) > len(head) and any(value not in (None, "") for value in row[len(head) :]):
            raise building.refuse(f"/{number}", f"This row has {len(row)} cells for {len(head)} columns.", CODE)
        else:
            pairs = zip(head, row, strict=False)
            found.append(Line(number, {name: value for name, value in pairs if name and value not in (None, "")}))
        if len(found) > MAX_ROWS:
            raise building.refuse("", f"A table may have at most {MAX_ROWS} rows.", CODE)
    if head is None:
        raise building.refuse("", "The table is empty.", CODE)
    return found


def _head(row: Sequence[Cell], number: int) -> list[str]:
    names = [str(value).strip() if value is not None else "" for value in row]
    lower = [name.lower().replace(" ", "_") for name in names]
    known = [name if name in COLUMNS else "" for name in lower]
    for n, name in enumerate(lower):
        meant = _OTHER_NAMES.get(name)
        if meant and meant not in known:
            known[n] = meant
    heads = [ours or cells.restored(theirs) for ours, theirs in zip(known, names, strict=True)]
    if "text" not in heads:
        raise building.refuse(f"/{number}", "No column is named `text`; the first row must name the columns.", CODE)
    named = [name for name in heads if name]
    if len(set(named)) != len(named):
        raise building.refuse(f"/{number}", "Two columns have the same name.", CODE)
    return heads


def read(found: Sequence[Line], report: Sequence[Note] = ()) -> Imported:
    """The rubrics of the rows; a row of kind `rubric` begins another."""
    parts: list[list[Line]] = [[]]
    for line in found:
        if _kind(line) == "rubric" and parts[-1]:
            parts.append([])
        parts[-1].append(line)
    if not parts[0]:
        raise building.refuse("", "The table has no rows below its head.", CODE)
    return Imported(tuple(_rubric(part) for part in parts), tuple(report))


def _kind(line: Line) -> str:
    return str(line.cells.get("kind", "")).strip().lower()


def _rubric(part: Sequence[Line]) -> ImportedRubric:
    problems: list[errors.Problem] = []
    top = next((line for line in part if _kind(line) == "rubric"), None)
    said = {key: _text(value) for key, value in top.cells.items()} if top else {}
    guidelines = [line for line in part if _kind(line) == "guideline"]
    groups = [line for line in part if _kind(line) == "group"]
    criteria = [line for line in part if _kind(line) not in ("rubric", "guideline", "group")]
    made_groups = [_caught(_group, line, problems) for line in groups]
    made = [_caught(_criterion, line, problems) for line in criteria]
    if problems:
        raise reading.invalid(problems, code=CODE)
    for n, item in enumerate(made):
        item["id"] = item.get("id") or criterion_id(n, item.get("text", ""))
    extra = {i["id"]: own for i, own in ((item, item.pop("own")) for item in made) if own}
    document = {
        "title": said.get("text", ""),
        "description": said.get("notes", ""),
        "guidelines": [
            {"id": _text(g.cells.get("id")) or None, "text": _text(g.cells.get("text"))} for g in guidelines
        ],
        "groups": [*made_groups, *_named_groups(made, made_groups)],
        "criteria": made,
        "extensions": {KEY: {"columns": extra}} if extra else {},
    }
    tables = {"guidelines": guidelines, "groups": groups, "criteria": criteria}
    parsed = building.parsed(document, code=CODE, moved=lambda at: _moved(at, tables, top))
    return ImportedRubric(parsed, slug_of(said.get("id") or said.get("text") or "", "imported-table"))


def _caught(
    make: Callable[[Line], dict[str, Any]], line: Line, problems: list[errors.Problem]
) -> dict[str, Any]:  # fmt: skip
    try:
        return make(line)
    except errors.Invalid as error:
        problems.extend(error.problems)
        return {}


def _text(value: Cell) -> str:
    if isinstance(value, float):
        return str(building.plain(value))
    return "" if value is None else str(value)


def _group(line: Line) -> dict[str, Any]:
    return {
        "id": _text(line.cells.get("id")) or criterion_id(line.number, _text(line.cells.get("text"))),
        "title": _text(line.cells.get("text")),
        "parent": _text(line.cells.get("group")) or None,
        "weight": cells.number(line.cells.get("weight", 1), f"/{line.number}/weight"),
    }


def _named_groups(made: Sequence[Mapping[str, Any]], groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Groups that stand only as words in the column `group`, by their word."""
    known = {group["id"] for group in groups}
    titled: dict[str, dict[str, Any]] = {}
    for item in made:
        name = item.get("group")
        if name and name not in known and name not in titled:
            titled[name] = {"id": name[:80], "title": name}
    return list(titled.values())


def _criterion(line: Line) -> dict[str, Any]:
    made: dict[str, Any] = {"own": {key: value for key, value in line.cells.items() if key not in COLUMNS}}
    for name, value in line.cells.items():
        at = f"/{line.number}/{name}"
        if name in _READ:
            made[name] = _READ[name](value, at)
        elif name == "weight":
            weight = cells.number(value, at)
            made["weight"] = abs(weight)
            if weight < 0:
                made["polarity"] = "negative"
        elif name == "needs":
            made["needs"] = [need.strip() for need in str(value).split(",") if need.strip()]
        elif name in _WORDS:
            made.setdefault(name, str(value).strip().lower().replace(" ", "_"))
        elif name in COLUMNS:
            made[name] = _text(value)
    if made.get("polarity") in ("pitfall", "minus", "-"):
        made["polarity"] = "negative"
    if "kind" not in made and made.get("levels"):
        made["kind"] = "numeric" if isinstance(made["levels"], dict) else "ordinal"
    if isinstance(made.get("group"), str) and len(made["group"]) > 80:
        made["group"] = made["group"][:80]
    return made


def _moved(at: str, tables: Mapping[str, Sequence[Line]], top: Line | None) -> str:
    steps = at.split("/")
    if len(steps) > 2 and steps[1] in tables and steps[2].isdecimal() and int(steps[2]) < len(tables[steps[1]]):
        theirs = {"title": "text", "parent": "group"}
        rest = "".join(f"/{theirs.get(s, s) if steps[1] == 'groups' else s}" for s in steps[3:])
        return f"/{tables[steps[1]][int(steps[2])].number}{rest}"
    return f"/{top.number}" if top else at


def table(rubrics: Sequence[Exported]) -> tuple[list[list[Cell]], list[Note]]:
    """The head and the rows of rubrics, and what a table cannot hold."""
    extra: dict[str, None] = {}
    for item in rubrics:
        for own in _extra(item.rubric).values():
            extra.update(dict.fromkeys(str(key) for key in building.as_object(own)))
    head = [*COLUMNS, *extra]
    rows: list[dict[str, Cell]] = []
    report: list[Note] = []
    for n, item in enumerate(rubrics):
        report.extend(_losses(item.rubric, f"/{n}" if len(rubrics) > 1 else ""))
        rows.extend(_rows(item))
    listed: list[list[Cell]] = [list(head)]
    listed.extend([row.get(name) for name in head] for row in rows)
    return [[cells.neutral(cell) if isinstance(cell, str) else cell for cell in row] for row in listed], report


def _extra(source: Rubric) -> dict[str, Any]:
    return building.as_object(building.kept(source, KEY).get("columns"))


def _rows(item: Exported) -> Iterator[dict[str, Cell]]:
    source = item.rubric
    yield {"id": item.slug, "kind": "rubric", "text": source.title, "notes": source.description}
    for guideline in source.guidelines:
        yield {"id": guideline.id, "kind": "guideline", "text": guideline.text}
    for group in source.groups:
        yield {
            "id": group.id, "kind": "group", "text": group.title, "group": group.parent,
            "weight": building.plain(group.weight),
        }  # fmt: skip
    extra = _extra(source)
    for criterion in source.criteria:
        body = criterion.model_dump(mode="json")
        yield {
            **{key: value for key, value in building.as_object(extra.get(criterion.id)).items() if key not in COLUMNS},
            **{name: body[name] for name in ("id", "text", *_WORDS, "group", "notes")},
            **{name: cells.json_of(body[name]) for name in ("gate", "levels", "check", "examples")},
            "weight": building.plain(criterion.weight),
            "applies_when": cells.condition_of(body["applies_when"]),
            "needs": ", ".join(body["needs"]),
            "tags": cells.tags_of(criterion.tags),
        }


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    for note in losses.of_rubric(source, pointer, NAME):
        if not note.pointer.endswith(("/groups", "/guidelines", "/description")):
            yield note
    lost = {
        "scope": source.scope.kind != "general",
        "language": source.language != "en",
        "extensions": bool(source.extensions.keys() - {KEY}),
    }
    for key, value in lost.items():
        if value:
            yield Note("warning", f"{pointer}/{key}", f"{NAME} has no place for `{key}`; it is not in the file.")
