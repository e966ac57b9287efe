"""promptfoo: assertions of type `llm-rubric` in a configuration, with the rest kept as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from domain import errors, reading, rubric, yaml_text
from domain.formats import building, losses
from domain.formats.models import Exported, Imported, ImportedRubric, Note, Written, slug_of
from domain.rubric import Criterion, Kind, Rubric

NAME = "promptfoo"
KEY = "promptfoo"
CODE = "promptfoo_invalid"
JUDGED = "llm-rubric"
NOT_JUDGED = "not-llm-rubric"
SET = "assert-set"


class _Place(NamedTuple):
    """A list of assertions and where it stands; an empty path is the whole file."""

    path: tuple[str | int, ...]
    owner: dict[str, Any]
    assertions: list[Any]

    @property
    def pointer(self) -> str:
        """Where the list stands."""
        return "".join(f"/{step}" for step in self.path)


def read(data: bytes) -> Imported:
    """One rubric for each list of assertions that holds one for a judge."""
    value = building.document(data)
    places = list(_places(value))
    if not places:
        raise building.refuse("", "A list of assertions is needed: `assert`, `tests` or `defaultTest`.", CODE)
    problems = [p for place in places for p in _problems(place.assertions, place.pointer)]
    if problems:
        raise reading.invalid(problems, code=CODE)
    judged = [place for place in places if _judged(place.assertions)]
    if not judged:
        raise building.refuse("", f"No assertion is of type `{JUDGED}`.", CODE)
    report = [note for place in places for note in _kept_notes(place.assertions, place.pointer)]
    found = [_one(value, place, first=n == 0) for n, place in enumerate(judged)]
    return Imported(tuple(found), tuple(report))


def _places(value: Any) -> Iterator[_Place]:
    if isinstance(value, list) and value and all(isinstance(item, dict) and "type" in item for item in value):
        yield _Place((), {}, value)
        return
    tests = value if isinstance(value, list) else building.as_object(value).get("tests")
    root: tuple[str | int, ...] = () if isinstance(value, list) else ("tests",)
    owners: list[tuple[tuple[str | int, ...], Any]] = []
    if isinstance(value, dict):
        owners += [((), value), (("defaultTest",), value.get("defaultTest"))]
    if isinstance(tests, list):
        owners += [((*root, n), test) for n, test in enumerate(tests)]
    for path, owner in owners:
        if isinstance(owner, dict) and isinstance(owner.get("assert"), list):
            yield _Place((*path, "assert"), owner, owner["assert"])


def _problems(assertions: list[Any], pointer: str) -> Iterator[errors.Problem]:
    for n, item in enumerate(assertions):
        at = f"{pointer}/{n}"
        if not isinstance(item, dict):
            yield errors.Problem(at, "An assertion must be an object.")
            continue
        weight = item.get("weight", 1)
        if item.get("type") in (JUDGED, NOT_JUDGED, SET) and (not building.is_number(weight) or weight < 0):
            yield errors.Problem(f"{at}/weight", "A weight must be a finite number that is not negative.")
        if item.get("type") in (JUDGED, NOT_JUDGED) and not isinstance(item.get("value"), str):
            yield errors.Problem(f"{at}/value", "The text of the rubric is needed.")
        if item.get("type") == SET:
            inner = item.get("assert")
            if not isinstance(inner, list):
                yield errors.Problem(f"{at}/assert", "A list of assertions is needed.")
            else:
                yield from _problems([{} if _is_set(i) else i for i in inner], f"{at}/assert")


def _is_set(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") == SET


def _judged(assertions: list[Any]) -> list[dict[str, Any]]:
    return [i for i in assertions if i.get("type") in (JUDGED, NOT_JUDGED) or (_is_set(i) and _judged(i["assert"]))]


def _kept_notes(assertions: list[Any], pointer: str) -> Iterator[Note]:
    for n, item in enumerate(assertions):
        if _is_set(item):
            yield from _kept_notes([{} if _is_set(i) else i for i in item["assert"]], f"{pointer}/{n}/assert")
        elif item.get("type") not in (JUDGED, NOT_JUDGED):
            said = item.get("type", "assert-set inside a set")
            yield Note("warning", f"{pointer}/{n}", f"`{said}` is no criterion here; it is kept for export only.")
        elif item.get("type") == NOT_JUDGED:
            message = "A negated assertion became a pitfall: it subtracts where its text is true."
            yield Note("info", f"{pointer}/{n}", message)


class _Found:
    """What a list of assertions gives: criteria, groups, and a layout with all else as it stands."""

    def __init__(self) -> None:
        self.groups: list[dict[str, Any]] = []
        self.criteria: list[dict[str, Any]] = []
        self.pointers: list[str] = []

    def collect(self, assertions: list[Any], pointer: str, group: str | None = None) -> list[Any]:
        """Take over the assertions in their order; returns the layout."""
        return [self._place(item, f"{pointer}/{n}", group) for n, item in enumerate(assertions)]

    def _place(self, item: dict[str, Any], pointer: str, group: str | None) -> dict[str, Any]:
        if _is_set(item) and group is None:
            name = f"set_{len(self.groups)}"
            metric = item.get("metric")
            title = metric if isinstance(metric, str) else f"Set {len(self.groups) + 1}"
            self.groups.append({"id": name, "title": title, "weight": item.get("weight", 1)})
            inner = self.collect(item["assert"], f"{pointer}/assert", name)
            return {"set": name, "own": building.without(item, ("assert",)), "inner": inner}
        if item.get("type") not in (JUDGED, NOT_JUDGED):
            return {"other": item}
        metric = item.get("metric")
        number = len(self.criteria)
        self.criteria.append(
            {
                "id": rubric.criterion_id(number, item["value"]),
                "text": item["value"],
                "weight": item.get("weight", 1),
                "group": group,
                "polarity": "negative" if item["type"] == NOT_JUDGED else "positive",
                "tags": {"metric": metric} if isinstance(metric, str) and len(metric) <= 500 else {},
                "own": building.without(item, ("value",)),
            }
        )
        self.pointers.append(pointer)
        return {"criterion": number}


def _one(value: Any, place: _Place, *, first: bool) -> ImportedRubric:
    found = _Found()
    layout = found.collect(place.assertions, place.pointer)
    own = {made["id"]: made.pop("own") for made in found.criteria}
    said = place.owner.get("description", building.as_object(value).get("description"))
    title = said if isinstance(said, str) else ""
    document = {
        "title": title[:300],
        "groups": found.groups,
        "criteria": found.criteria,
        "extensions": {
            KEY: {
                "path": list(place.path),
                "layout": layout,
                "criteria": own,
                "names": list(own),
                **({"config": value} if first and place.path else {}),
            }
        },
    }
    parsed = building.parsed(document, code=CODE, moved=lambda at: _moved(at, found.pointers, place.pointer))
    return ImportedRubric(parsed, slug_of(title or "promptfoo-rubric", "promptfoo-rubric"))


def _moved(at: str, pointers: Sequence[str], root: str) -> str:
    steps = at.split("/")
    if len(steps) > 2 and steps[1] == "criteria":
        theirs = {"text": "value"}
        return pointers[int(steps[2])] + "".join(f"/{theirs.get(step, step)}" for step in steps[3:])
    return root


def write(rubrics: Sequence[Exported]) -> Written:
    """One configuration; where none came along, one test a rubric."""
    report: list[Note] = []
    for n, item in enumerate(rubrics):
        report.extend(_losses(item.rubric, f"/{n}" if len(rubrics) > 1 else ""))
    body = yaml_text.written(_value(rubrics))
    return Written(body.encode(), "application/yaml", "yaml", tuple(report))


def _value(rubrics: Sequence[Exported]) -> Any:
    kept = [building.kept(item.rubric, KEY) for item in rubrics]
    lists = [_assertions(item.rubric, own) for item, own in zip(rubrics, kept, strict=True)]
    config = next((own["config"] for own in kept if isinstance(own.get("config"), dict | list)), None)
    if len(rubrics) == 1 and kept[0] and not kept[0].get("path"):
        return lists[0]
    if config is None:
        tests = [
            {"description": item.rubric.title or item.slug or "rubric", "assert": made}
            for item, made in zip(rubrics, lists, strict=True)
        ]
        return {"tests": tests}
    for own, made in zip(kept, lists, strict=True):
        config = _put(config, own.get("path") or ["tests", "-", "assert"], made)
    return config


def _put(value: Any, path: Sequence[Any], made: list[Any]) -> Any:
    """The value with the list at this place replaced; a place that is not there is a new test."""
    if not path:
        return made
    head, *rest = path
    if isinstance(value, list):
        if isinstance(head, int) and head < len(value):
            return [_put(item, rest, made) if n == head else item for n, item in enumerate(value)]
        return [*value, {"assert": made}]
    inner = building.as_object(value)
    return {**inner, head: _put(inner.get(head, []), rest, made)}


def _assertions(source: Rubric, kept: dict[str, Any]) -> list[dict[str, Any]]:
    return _Layout(source, kept).assertions(kept.get("layout"))


class _Layout:
    """Puts the criteria of a rubric into the order and the sets they came in; new ones follow."""

    def __init__(self, source: Rubric, kept: dict[str, Any]) -> None:
        own, names = building.as_object(kept.get("criteria")), kept.get("names")
        judged = [c for c in source.criteria if c.kind is Kind.BINARY]
        self.names: list[Any] = names if isinstance(names, list) else []
        self.written = {c.id: _assertion(c, building.as_object(own.get(c.id))) for c in judged}
        self.groups = {group.id: group for group in source.groups}
        self.waiting: dict[str | None, list[str]] = {None: [], **{name: [] for name in self.groups}}
        for criterion in judged:
            self.waiting[criterion.group].append(criterion.id)

    def assertions(self, layout: Any) -> list[dict[str, Any]]:
        """All assertions of the rubric."""
        out = self._laid(layout, None)
        out.extend(self._left(None))
        for group in self.groups.values():
            inner = self._left(group.id)
            if inner:
                weight = building.plain(group.weight)
                out.append({"type": SET, "metric": group.title, "weight": weight, "assert": inner})
        return out

    def _left(self, group: str | None) -> list[dict[str, Any]]:
        names, self.waiting[group] = self.waiting[group], []
        return [self.written[name] for name in names]

    def _laid(self, layout: Any, group: str | None) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        for spot in map(building.as_object, layout if isinstance(layout, list) else []):
            number, name = spot.get("criterion"), spot.get("set")
            if isinstance(spot.get("other"), dict):
                out.append(spot["other"])
            elif isinstance(number, int) and number < len(self.names) and self.names[number] in self.waiting[group]:
                self.waiting[group].remove(self.names[number])
                out.append(self.written[self.names[number]])
            elif isinstance(name, str) and name in self.groups and group is None:
                out.append(self._set(spot, self.groups[name]))
        return out

    def _set(self, spot: dict[str, Any], group: rubric.Group) -> dict[str, Any]:
        own = building.as_object(spot.get("own"))
        inner = [*self._laid(spot.get("inner"), group.id), *self._left(group.id)]
        weighed = {"weight": building.plain(group.weight)} if "weight" in own or group.weight != 1 else {}
        titled = {"metric": group.title} if "metric" in own else {}
        return {**own, **titled, **weighed, "assert": inner}


def _assertion(criterion: Criterion, own: dict[str, Any]) -> dict[str, Any]:
    kind = NOT_JUDGED if criterion.is_pitfall else JUDGED
    item = {"type": kind, **own, "value": criterion.text}
    item["type"] = kind
    if "weight" in own or criterion.weight != 1:
        item["weight"] = building.plain(criterion.weight)
    if "metric" in criterion.tags:
        item["metric"] = criterion.tags["metric"]
    elif isinstance(own.get("metric"), str) and len(own["metric"]) <= 500:
        item.pop("metric")
    return item


def _losses(source: Rubric, pointer: str) -> Iterator[Note]:
    for note in losses.of_rubric(source, pointer, NAME):
        if not note.pointer.endswith("/groups"):
            yield note
    for n, group in enumerate(source.groups):
        if group.parent is not None:
            message = f"{NAME} has no sets of assertions inside sets; this one stands alone."
            yield Note("warning", f"{pointer}/groups/{n}/parent", message)
    for n, criterion in enumerate(source.criteria):
        at = f"{pointer}/criteria/{n}"
        yield from losses.of_kind(criterion, at, NAME, {Kind.BINARY})
        if criterion.is_pitfall and criterion.weight:
            message = f"{NAME} adds where a negated assertion holds; it does not subtract as a pitfall does."
            yield Note("info", f"{at}/polarity", message)
        yield from losses.of_criterion(criterion, at, NAME)
        yield from losses.of_frame(criterion, at, NAME, tags=bool(criterion.tags.keys() - {"metric"}))
