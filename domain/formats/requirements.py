"""Lists of requirements with signed weights, bare or in sections, as two libraries write them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from domain import errors, reading, rubric
from domain.formats import building
from domain.formats.models import Exported, Imported, ImportedRubric, Note, Written, slug_of
from domain.rubric import Rubric

SEPARATE = "sections"
_TITLES = ("title", "name")


class Shape(NamedTuple):
    """What one library's files look like."""

    key: str
    name: str
    weight: float | None
    options: bool


class _Entry(NamedTuple):
    item: Any
    section: int | None
    pointer: str


class _Found(NamedTuple):
    entries: list[_Entry]
    sections: list[dict[str, Any]]
    at: str


def read(data: bytes, shape: Shape) -> Imported:
    """One rubric: a list, an object with `criteria` or `sections`, or either under `rubric`."""
    value = building.document(data)
    code = f"{shape.key}_invalid"
    frame, at = (value, "")
    if isinstance(value, dict) and isinstance(value.get("rubric"), dict | list):
        frame, at = value["rubric"], "/rubric"
    entries, sections = _entries(frame, at, code)
    problems = [p for entry in entries for p in _problems(entry, shape)]
    if shape.options and isinstance(frame, dict) and not isinstance(frame.get("guidelines"), str | None):
        problems.append(errors.Problem(f"{at}/guidelines", "Guidelines must be one text."))
    if problems:
        raise reading.invalid(problems, code=code)
    return _imported(value, frame, _Found(entries, sections, at), shape)


def _entries(frame: Any, at: str, code: str) -> tuple[list[_Entry], list[dict[str, Any]]]:
    """All criteria with the section they stand in."""
    if isinstance(frame, list):
        return [_Entry(item, None, f"{at}/{n}") for n, item in enumerate(frame)], []
    if not isinstance(frame, dict):
        raise building.refuse(at, "A list of criteria is needed.", code)
    found = frame.get("criteria", [])
    sections = frame.get(SEPARATE, [])
    if not isinstance(found, list) or not isinstance(sections, list) or not (found or sections):
        raise building.refuse(at, "A list `criteria` or `sections` is needed.", code)
    entries = [_Entry(item, None, f"{at}/criteria/{n}") for n, item in enumerate(found)]
    for n, section in enumerate(sections):
        inner = section.get("criteria") if isinstance(section, dict) else None
        if not isinstance(inner, list):
            raise building.refuse(f"{at}/{SEPARATE}/{n}", "A section needs a list `criteria`.", code)
        entries.extend(_Entry(item, n, f"{at}/{SEPARATE}/{n}/criteria/{k}") for k, item in enumerate(inner))
    return entries, sections


def _problems(entry: _Entry, shape: Shape) -> Iterator[errors.Problem]:
    item, at = entry.item, entry.pointer
    if not isinstance(item, dict):
        yield errors.Problem(at, "A criterion must be an object.")
        return
    if not isinstance(item.get("requirement"), str):
        yield errors.Problem(f"{at}/requirement", "The text of a criterion is needed.")
    if not building.is_number(item.get("weight", shape.weight)):
        yield errors.Problem(f"{at}/weight", "A weight must be a finite number.")
    options = item.get("options")
    if shape.options and options:
        yield from _option_problems(options, f"{at}/options")


def _option_problems(options: Any, at: str) -> Iterator[errors.Problem]:
    if not isinstance(options, list):
        yield errors.Problem(at, "Options must be a list.")
        return
    for n, option in enumerate(options):
        if not isinstance(option, dict) or not isinstance(option.get("label"), str):
            yield errors.Problem(f"{at}/{n}/label", "An option needs a label.")
        elif not option.get("na") and not building.is_number(option.get("value")):
            yield errors.Problem(f"{at}/{n}/value", "An option needs a finite value.")


def _imported(value: Any, frame: Any, found: _Found, shape: Shape) -> Imported:
    entries, sections, at = found
    names = building.unique_ids([e.item["requirement"] for e in entries], [e.item.get("name") for e in entries])
    guidelines = frame.get("guidelines") if isinstance(frame, dict) and shape.options else None
    outer = building.as_object(value)
    title = next(
        (
            t
            for t in (outer.get("title"), outer.get("name"), building.as_object(frame).get("title"))
            if isinstance(t, str) and t.strip()
        ),
        "",
    )
    document = {
        "title": title[:300],
        "guidelines": [{"text": guidelines}] if guidelines and guidelines.strip() else [],
        "groups": [{"id": f"section_{n}", "title": _section_title(s, n)} for n, s in enumerate(sections)],
        "criteria": [
            {
                "id": name,
                "text": e.item["requirement"],
                "group": None if e.section is None else f"section_{e.section}",
                **building.weights_of(float(e.item.get("weight", shape.weight))),
                **(_levels(e.item["options"]) if shape.options and e.item.get("options") else {}),
            }
            for name, e in zip(names, entries, strict=True)
        ],
        "extensions": {
            shape.key: {
                "shape": "list" if isinstance(frame, list) else "object",
                **({"record": building.without(outer, ("rubric",))} if at else {}),
                **({"frame": building.without(frame, ("criteria", SEPARATE))} if isinstance(frame, dict) else {}),
                "sections": [building.without(s, ("criteria",)) for s in sections],
                "criteria": {
                    name: building.without(e.item, ("requirement",)) for name, e in zip(names, entries, strict=True)
                },
            }
        },
    }
    said = building.parsed(document, code=f"{shape.key}_invalid", moved=lambda p: _moved(p, entries, at))
    report = [note for e in entries for note in _notes(e, shape)]
    return Imported(
        (ImportedRubric(said, slug_of(title, shape.key if shape.key != "rubric" else "imported-rubric")),),
        tuple(report),
    )


def _section_title(section: Mapping[str, Any], n: int) -> str:
    return next((section[k] for k in _TITLES if isinstance(section.get(k), str)), f"Section {n + 1}")


def _levels(options: list[dict[str, Any]]) -> dict[str, Any]:
    judged = sorted((o for o in options if not o.get("na")), key=lambda o: o["value"])
    return {"kind": "ordinal", "levels": [{"label": o["label"], "value": o["value"]} for o in judged]}


def _notes(entry: _Entry, shape: Shape) -> Iterator[Note]:
    if not shape.options:
        return
    if entry.item.get("scale_type") == "nominal":
        message = "Options without an order are judged here as levels from the lowest value to the highest."
        yield Note("warning", f"{entry.pointer}/scale_type", message)
    if any(o.get("na") for o in entry.item.get("options") or []):
        message = "The option for `not applicable` is no level here; a judge can always say that it cannot assess."
        yield Note("info", f"{entry.pointer}/options", message)
    if entry.item.get("aggregation"):
        message = "How several judges are combined is a matter of the run here; it is kept for export."
        yield Note("info", f"{entry.pointer}/aggregation", message)


def _moved(pointer: str, entries: Sequence[_Entry], at: str) -> str:
    steps = pointer.split("/")
    if len(steps) > 2 and steps[1] == "criteria" and steps[2].isdecimal():
        theirs = {"text": "requirement", "levels": "options", "id": "name"}
        return entries[int(steps[2])].pointer + "".join(f"/{theirs.get(s, s)}" for s in steps[3:])
    if len(steps) > 2 and steps[1] == "groups":
        return f"{at}/{SEPARATE}/{steps[2]}"
    return f"{at}/guidelines" if pointer.startswith("/guidelines") else at


def write_one(item: Exported, shape: Shape, entries: Sequence[tuple[str | None, dict[str, Any]]]) -> Any:
    """The file of one rubric from its entries, each with the id of the group it stands in."""
    source = item.rubric
    kept = building.kept(source, shape.key)
    guidelines = "\n".join(g.text for g in source.guidelines) if shape.options else ""
    plain = not source.groups and not guidelines and kept.get("shape", "list") == "list"
    frame: Any
    if plain:
        frame = [entry for _, entry in entries]
    else:
        frame = _frame(source, kept, guidelines, entries)
    record = kept.get("record")
    return {**record, "rubric": frame} if isinstance(record, dict) else frame


def _frame(
    source: Rubric, kept: Mapping[str, Any], guidelines: str, entries: Sequence[tuple[str | None, dict[str, Any]]]
) -> dict[str, Any]:
    frame = dict(building.as_object(kept.get("frame")))
    if guidelines:
        frame["guidelines"] = guidelines
    loose = [entry for group, entry in entries if group is None]
    if loose or not source.groups:
        frame["criteria"] = loose
    if source.groups:
        known = kept.get("sections")
        listed = known if isinstance(known, list) else []
        frame[SEPARATE] = [
            {**_section(group.id, group.title, listed), "criteria": [e for name, e in entries if name == group.id]}
            for group in source.groups
        ]
    return frame


def _section(name: str, title: str, listed: Sequence[Any]) -> dict[str, Any]:
    number = name.removeprefix("section_")
    if number.isdecimal() and int(number) < len(listed) and isinstance(listed[int(number)], dict):
        section: dict[str, Any] = listed[int(number)]
        if _section_title(section, int(number)) == title:
            return section
    return {"title": title}


def written(values: Sequence[Any], report: Sequence[Note]) -> Written:
    """One rubric as it stands, several as a list under `rubrics`."""
    value = values[0] if len(values) == 1 else {"rubrics": list(values)}
    body = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return Written(body.encode(), "application/json", "json", tuple(report))


def entry_of(
    criterion: rubric.Criterion, weight: float, kept: Mapping[str, Any], *, default: float | None
) -> dict[str, Any]:
    """Weight and requirement as they stood, with what is new put in."""
    own = building.as_object(kept.get(criterion.id))
    given = building.signed(criterion, weight)
    rest = building.without(own, ("options",))
    if "weight" in own or default is None or given != default:
        rest["weight"] = given
    return {**rest, "requirement": criterion.text}
