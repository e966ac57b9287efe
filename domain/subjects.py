"""What is judged: typed parts, messages, and the hashes that tell subjects apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import rfc8785

from domain import errors

MOST_PLAIN_DEPTH = 16
Parts = Sequence[Mapping[str, Any]]
Messages = Sequence[Mapping[str, Any]]


class Member(NamedTuple):
    """One member of a subject; its position is its place in the order."""

    prompt_hash: str
    response_hash: str


def text_part(text: str) -> dict[str, str]:
    """A part that holds text."""
    return {"type": "text", "text": text}


def text_of(parts: Parts) -> str:
    """The text of all text parts, one under the other; parts of other types have none."""
    return "\n".join(part["text"] for part in parts if part.get("type") == "text")


def is_text_only(parts: Parts) -> bool:
    """Whether a judge that reads only text sees everything."""
    return all(part.get("type") == "text" for part in parts)


def as_parts(value: Any) -> list[dict[str, Any]]:
    """Parts from a string or from parts; raises Invalid for anything else."""
    if isinstance(value, str):
        return [text_part(value)]
    if isinstance(value, list | tuple) and all(_is_part(part) for part in value):
        return [dict(part) for part in value]
    raise errors.Invalid(
        'A text or a list of parts such as {"type": "text", "text": "…"} is needed.',
        code="parts_invalid",
    )


def as_messages(value: Any) -> list[dict[str, Any]]:
    """Messages from a string (one turn of the user) or from messages with `content` or `parts`."""
    if isinstance(value, str):
        return [{"role": "user", "parts": [text_part(value)]}]
    if isinstance(value, list | tuple) and value and all(_is_message(item) for item in value):
        return [{"role": item["role"], "parts": as_parts(item.get("parts", item.get("content")))} for item in value]
    raise errors.Invalid("A text or a list of messages with `role` and `content` is needed.", code="messages_invalid")


def parts_hash(parts: Any) -> str:
    """The hash of parts or messages exactly as they are."""
    return _hash(parts)


def subject_hash(kind: str, members: Iterable[tuple[str, str]], step: int | None = None) -> str:
    """The hash of a subject: its kind, its members in order, and the step or member it is about, where it is one."""
    form: dict[str, Any] = {"kind": kind, "members": [list(member) for member in members]}
    return _hash(form if step is None else {**form, "step": step})


def context_hash(reference: Any, context: Any) -> str:
    """The hash of what is shown beside the answer."""
    return _hash({"reference": reference, "context": context})


def _hash(form: Any) -> str:
    try:
        return "sha256:" + hashlib.sha256(_canonical(form)).hexdigest()
    except rfc8785.CanonicalizationError as error:
        raise errors.Invalid(f"This content has no canonical form: {error}.", code="not_canonical") from error


def _canonical(form: Any) -> bytes:
    """RFC 8785; of text in lists and objects with ASCII keys, which answers nearly always are, by the faster writer."""
    if not _is_plain(form, MOST_PLAIN_DEPTH):
        return rfc8785.dumps(form)
    try:
        return orjson.dumps(form, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a character
        return rfc8785.dumps(form)


def _is_plain(form: Any, depth: int) -> bool:
    """Whether sorted JSON is the canonical form: no numbers, and keys that sort alike by byte and by UTF-16."""
    if form is None or type(form) is str:
        return True
    if type(form) is dict:
        return depth > 0 and all(
            type(key) is str and key.isascii() and _is_plain(value, depth - 1) for key, value in form.items()
        )
    return type(form) is list and depth > 0 and all(_is_plain(value, depth - 1) for value in form)


def _is_part(part: Any) -> bool:
    if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
        return False
    return part["type"] != "text" or isinstance(part.get("text"), str)


def _is_message(item: Any) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("role"), str) and bool(item["role"])
