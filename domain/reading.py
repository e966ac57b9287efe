"""From untrusted bytes to JSON values: JSON, JSON Lines and YAML, strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn

import yaml

from domain import errors

MAX_PROBLEMS = 100
MAX_YAML = 2_000_000
MAX_YAML_DEPTH = 80
_TEXT_TAG = "tag:yaml.org,2002:str"


def text(data: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid([errors.Problem("", f"The file is not UTF-8: {error.reason}.")]) from error


def json_value(data: bytes) -> Any:
    """One JSON value; NaN, infinities and repeated keys are refused."""
    return _json(text(data), "")


def records(data: bytes) -> list[Any]:
    """The records of a JSON array, of one JSON object, or of JSON Lines split at line feeds only."""
    body = text(data)
    if body.lstrip()[:1] == "[":
        value = _json(body, "")
        return value if isinstance(value, list) else [value]
    lines = [line for line in body.split("\n") if line.strip(" \t\r")]
    if len(lines) > 1 and _is_one_value(body):
        return [_json(body, "")]
    return [_json(line, f"/{n}") for n, line in enumerate(lines)]


def yaml_value(data: bytes) -> Any:
    """One YAML document with the types of JSON only, without aliases."""
    body = text(data)
    if len(data) > MAX_YAML:
        raise invalid([errors.Problem("", "A YAML file may have at most 2 MB; send JSON instead.")])
    try:
        _check_events(body)
        return yaml.load(body, Loader=_JsonTypes)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())[:300]
        raise invalid([errors.Problem("", f"The file is not YAML: {said}.")]) from error


def _check_events(body: str) -> None:
    """Refuse what would grow or sink without bounds when it is put together."""
    depth = 0
    for event in yaml.parse(body, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise invalid([errors.Problem("", "YAML with aliases (*name) is not read.")])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_YAML_DEPTH:
            raise yaml.YAMLError("it is nested too deeply")


def invalid(problems: Iterable[errors.Problem], code: str = "file_invalid") -> errors.Invalid:
    """The refusal of a file with its problems, the first in the sentence."""
    found = tuple(problems)
    first = found[0]
    where = f" ({first.pointer})" if first.pointer else ""
    return errors.Invalid(
        f"The file cannot be read: {first.message.removesuffix('.')}{where}.",
        code=code,
        problems=found[:MAX_PROBLEMS],
        details={"problems": len(found)},
    )


def _is_one_value(body: str) -> bool:
    """Whether a file of several lines is one indented JSON object and not JSON Lines."""
    first = body.lstrip().split("\n", 1)[0]
    try:
        json.loads(first)
    except ValueError:
        return True
    return False


def _json(body: str, pointer: str) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise invalid([errors.Problem(pointer, f"This is not JSON: {said}.")]) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("an object has the same key twice")
    return out


class _JsonTypes(yaml.CSafeLoader):
    """YAML whose plain words are only what JSON knows; all else is text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse repeated keys and keys that are not text."""
        keys = [key.value for key, _ in node.value if key.tag == _TEXT_TAG]
        if len(keys) != len(node.value):
            raise yaml.YAMLError("a key is not text")
        if len(set(keys)) != len(keys):
            raise yaml.YAMLError("an object has the same key twice")
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", "n~"),
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
):
    _JsonTypes.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), [*_first, *([""] if _tag == "null" else [])]
    )
