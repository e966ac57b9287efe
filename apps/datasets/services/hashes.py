"""The hashes kept with prompts, responses and subjects, as plain hex; and what text the database can hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain import errors, subjects

MAX_TEXT = 400_000


def of_parts(parts: Any) -> str:
    """The hash of parts or messages."""
    return subjects.parts_hash(parts).removeprefix("sha256:")


def of_context(reference: Any, context: Any) -> str:
    """The hash of what is shown beside the answer."""
    return subjects.context_hash(reference, context).removeprefix("sha256:")


def of_response_subject(prompt_hash: str, response_hash: str) -> str:
    """The hash of one response as the subject of a judgement."""
    return of_subject("response", prompt_hash, [response_hash])


def of_subject(kind: str, prompt_hash: str, response_hashes: Sequence[str], step: int | None = None) -> str:
    """The hash of responses to one prompt, in their order, as the subject of a judgement."""
    members = [(f"sha256:{prompt_hash}", f"sha256:{digest}") for digest in response_hashes]
    return subjects.subject_hash(kind, members, step).removeprefix("sha256:")


def check_text(value: Any, what: str, *, limit: bool = True) -> None:
    """Refuse text that cannot be stored: too long, or with a null character."""
    length = 0
    for text in _texts(value):
        if "\x00" in text:
            raise errors.Invalid(
                f"{what} holds a null character (U+0000), which cannot be stored. Take it out and try again.",
                code="null_character",
            )
        if not _is_unicode(text):
            raise errors.Invalid(
                f"{what} holds half of a character (a lone surrogate), which cannot be stored.", code="not_unicode"
            )
        length += len(text)
    if limit and length > MAX_TEXT:
        raise errors.Invalid(
            f"{what} has {length:,} characters; at most {MAX_TEXT:,} can be stored.", code="text_too_long"
        )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for piece in pair for text in _texts(piece)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []
