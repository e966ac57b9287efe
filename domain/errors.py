"""The five families of error that every edge knows how to answer."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a document: where it is (JSON pointer) and what is wrong, as a sentence."""

    pointer: str
    message: str


class StudioError(Exception):
    """An expected failure with a code for programs and a sentence for people."""

    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details: dict[str, Any] = dict(details or {})


class Invalid(StudioError):
    """What was sent cannot be accepted as it is (422)."""

    default_code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        problems: Iterable[Problem] = (),
    ) -> None:
        super().__init__(message, code=code, details=details)
        self.problems: tuple[Problem, ...] = tuple(problems)


class NotAllowed(StudioError):
    """This person or token may not do this (403)."""

    default_code = "not_allowed"


class NotFound(StudioError):
    """There is no such thing, or not for this person (404)."""

    default_code = "not_found"


class Conflict(StudioError):
    """The thing is in a state that does not permit this (409)."""

    default_code = "conflict"


class Unavailable(StudioError):
    """Something needed is away for the moment; trying again may help (503)."""

    default_code = "unavailable"


@contextlib.contextmanager
def at(pointer: str) -> Iterator[None]:
    """Say of errors inside that they concern this place in what was sent, unless they name a place themselves."""
    try:
        yield
    except StudioError as error:
        if not getattr(error, "problems", ()):
            error.details.setdefault("pointer", pointer)
        raise
