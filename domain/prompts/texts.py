"""Prompt files: named sections of text with places to fill."""

from __future__ import annotations

import functools
import hashlib
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.ports import Part

_FOLDER = pathlib.Path(__file__).parent
_SECTION = re.compile(r"^=== (\w+) ===\n", re.MULTILINE)
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_QUESTIONS = "judge_questions"

Filling = Mapping[str, Sequence[Part]]


class Text(NamedTuple):
    """A prompt file: its version and its sections by name."""

    version: int
    sections: dict[str, str]


@functools.cache
def load(name: str) -> Text:
    """Read a prompt file; its first line is `version: n`."""
    head, *pieces = _SECTION.split(_bytes(name).decode("utf-8"))
    names, bodies = pieces[::2], pieces[1::2]
    sections = {key: body.rstrip("\n") for key, body in zip(names, bodies, strict=True)}
    return Text(int(head.removeprefix("version:")), sections)


@functools.cache
def prompt_digest(*names: str) -> str:
    """The digest of all the words that the prompts of these files are made of."""
    words = b"\0".join(_bytes(name) for name in (*names, _QUESTIONS))
    return "sha256:" + hashlib.sha256(words).hexdigest()


def question(name: str) -> str:
    """What is asked of one kind of criterion."""
    return load(_QUESTIONS).sections[name]


def fill(template: str, filling: Filling) -> tuple[Part, ...]:
    """The parts of a section; what is filled in is never searched for places again."""
    return tuple(_merged(_filled(template, filling)))


def _filled(template: str, filling: Filling) -> Iterator[Part]:
    for n, piece in enumerate(_PLACE.split(template)):
        if n % 2:
            yield from filling[piece]
        else:
            yield Part(piece)


def _merged(parts: Iterator[Part]) -> Iterator[Part]:
    """Neighbours of equal trust as one part, without empty ones."""
    held: Part | None = None
    for part in parts:
        if not part.text:
            continue
        if held is not None and held.trusted == part.trusted:
            held = Part(held.text + part.text, held.trusted)
            continue
        if held is not None:
            yield held
        held = part
    if held is not None:
        yield held


def _bytes(name: str) -> bytes:
    return (_FOLDER / f"{name}.txt").read_bytes()
