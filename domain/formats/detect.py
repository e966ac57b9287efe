"""Which format a file most likely is in: certain, or a list to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from domain import errors, reading
from domain.formats import building


class Guess(NamedTuple):
    """The format where it is certain, else what it may be, likeliest first."""

    token: str | None
    likely: tuple[str, ...] = ()
    reason: str = ""


def detect(data: bytes, name: str = "") -> Guess:
    """Look at the name and the shape of a file, not at what its texts say."""
    ending = name.lower().rpartition(".")[2] if "." in name else ""
    if data.startswith(b"PK\x03\x04"):
        return Guess("xlsx", reason="It is a workbook.")
    if ending == "toml":
        return Guess("verifiers", reason="It is TOML.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Guess("csv", reason="It is a table in UTF-16.")
    try:
        body = reading.text(data)
    except errors.Invalid:
        return Guess(None, ("csv", "xlsx") if ending == "csv" else (), "It is not UTF-8 text.")
    if not body.strip():
        return Guess(None, (), "It is empty.")
    first = body.lstrip().split("\n", 1)[0]
    if ending in ("csv", "tsv", "txt", "") and (found := _table(first)):
        return found
    if first.strip() in ("[[criteria]]", "[[rubric]]"):
        return Guess("verifiers", reason="It is TOML with one table a criterion.")
    return _of_value(_value(data, body), body, ending)


def _table(first: str) -> Guess | None:
    columns = {cell.strip().strip('"').lower() for mark in ",;\t" for cell in first.split(mark)}
    if "\t" in first and {"category", "severity"} <= columns:
        return Guess("mqm", reason="It is a table of annotated errors.")
    named = columns & {"text", "criterion", "requirement", "requirements"}
    if first.lstrip()[:1] not in ("{", "[") and named and len(columns) > 1:
        return Guess("csv", reason="Its first line names columns.")
    return None


def _value(data: bytes, body: str) -> Any:
    """The first record, or the whole value where it is one."""
    try:
        if body.lstrip()[:1] in ("{", "["):
            return reading.records(data)
        return reading.yaml_value(data)
    except errors.Invalid:
        return None


def _of_value(value: Any, body: str, ending: str) -> Guess:
    listed = value if isinstance(value, list) else [value]
    first = listed[0] if listed else None
    if isinstance(first, dict):
        return _of_object(first, len(listed))
    numbered = body.lstrip()[:2] in ("1.", "1)", "- ", "* ")
    if numbered and ending not in ("json", "jsonl"):
        return Guess(None, ("openrubrics",), "It looks like a list of plain lines.")
    return Guess(None, (), "Its shape is not known.")


def _of_object(item: Mapping[str, Any], count: int) -> Guess:
    inner = building.as_object(next(iter(item.values()), None))
    for token, reason, fits in (
        ("rubricstudio", "It says so.", str(item.get("format", "")).startswith("rubricstudio/")),
        ("healthbench", "Its records have a prompt and `rubrics` with points.", {"prompt", "rubrics"} <= item.keys()),
        ("paperbench", "It is a tree with `sub_tasks`.", _has_tree(item)),
        ("biggen", "Its records have a `score_rubric`.", "score_rubric" in item or "score_rubric" in inner),
        ("scholarqa", "Its records have a `metric_config`.", "metric_config" in item),
        ("scholarqa", "Its records describe five scores.", "criteria_description" in (item.keys() | inner.keys())),
        ("mqm", "It lists error categories with severities.", _has_severities(item)),
        ("promptfoo", "It has assertions.", _has_assertions(item)),
        ("prometheus", "Its rubrics have five described scores.", _has_scores(item)),
        ("openrubrics", "Its records have a rubric in numbered lines.", isinstance(item.get("rubric"), str)),
    ):
        if fits:
            return Guess(token, reason=reason)
    return _of_criteria(item, count)


def _has_tree(item: Mapping[str, Any]) -> bool:
    return "sub_tasks" in item or any(
        "sub_tasks" in building.as_object(item.get(k)) for k in ("rubric", "graded_rubric")
    )


def _has_severities(item: Mapping[str, Any]) -> bool:
    found = item.get("categories")
    return isinstance(found, list) and bool(found) and "severities" in building.as_object(found[0])


def _has_assertions(item: Mapping[str, Any]) -> bool:
    tests = item.get("tests")
    inside = [item, item.get("defaultTest"), *(tests if isinstance(tests, list) else [])]
    types = ("llm-rubric", "not-llm-rubric", "assert-set")
    return any("assert" in building.as_object(i) for i in inside) or item.get("type") in types


def _has_scores(item: Mapping[str, Any]) -> bool:
    texts = [item.get("rubric"), item.get("instruction")]
    return any(isinstance(text, str) and "Score 1:" in text and "Score 5:" in text for text in texts)


def _of_criteria(item: Mapping[str, Any], count: int) -> Guess:
    """Libraries that list criteria: told apart by the keys that only one of them has."""
    frame = item.get("rubric", item)
    frame = frame if isinstance(frame, dict) else {"criteria": frame}
    sections = frame.get("sections")
    inner = building.as_object(sections[0]) if isinstance(sections, list) and sections else frame
    listed = inner.get("criteria")
    entries = [building.as_object(i) for i in listed] if isinstance(listed, list) else [item]
    keys = {key for entry in entries for key in entry}
    if "requirement" in keys:
        more = keys & {"options", "name", "scale_type", "aggregation"} or "guidelines" in frame
        if more:
            return Guess(
                "autorubric", ("autorubric", "rubric"), "Its criteria have a `requirement` with options or names."
            )
        return Guess("rubric", ("rubric", "autorubric"), "Its criteria have a `requirement` and a weight only.")
    if {"name", "text"} <= keys:
        return Guess("verifiers", reason="Its criteria have a name and a text.")
    if {"text"} <= keys and (count == 1 or "criteria" in item):
        return Guess("rubricstudio", reason="It lists criteria with a text.")
    return Guess(None, (), "Its shape is not known.")
